/** Who is connected, and which processes are registered (protocol.md 5, 6). Main loop only. */
package io.sanlockd.daemon.client;
