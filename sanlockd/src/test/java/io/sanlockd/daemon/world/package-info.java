/**
 * A daemon in virtual time: the real rooms on disks in memory, connections that are objects and
 * processes that are numbers. One thread runs at a time, so every run is the same.
 */
package io.sanlockd.daemon.world;
