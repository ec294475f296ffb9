/**
 * The socket protocol: fixed-size structures in little-endian byte order (protocol.md 3), command
 * numbers and flags (7, 8), and the rules that say how long a request is (4). Pure data, no I/O.
 */
package io.sanlockd.protocol;
