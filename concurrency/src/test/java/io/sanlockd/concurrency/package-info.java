/** Races between the threads of the daemon; see the README of this module. */
package io.sanlockd.concurrency;
