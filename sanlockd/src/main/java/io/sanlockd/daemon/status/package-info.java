/** The text of state records, which other programs parse word for word (protocol.md 9). */
package io.sanlockd.daemon.status;
