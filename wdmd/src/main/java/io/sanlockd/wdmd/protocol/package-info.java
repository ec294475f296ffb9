/** The messages between wdmd and its clients (wdmd.md 3). Pure bytes: no socket, no clock. */
package io.sanlockd.wdmd.protocol;
