/**
 * What the daemon counts, always, whether anybody asks or not. To record is a few additions: no
 * lock, no allocation, no waiting, on whatever thread, the kill path included. Each room owns what
 * it counts; {@code exposition} reads it.
 */
package io.sanlockd.daemon.metrics;
