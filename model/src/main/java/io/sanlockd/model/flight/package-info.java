/**
 * The flight record: a file of fixed size in which the daemon notes what happens, so that it can be
 * read after the host was reset. Here is its format and how it is read; the daemon writes it,
 * {@code sanlock flight} shows it.
 *
 * <p>All numbers are little-endian. The first {@value
 * io.sanlockd.model.flight.FlightLayout#HEADER_BYTES} bytes are the header:
 *
 * <pre>
 * offset  bytes
 *      0      8  "SANFLIGT"
 *      8      4  version, 1
 *     12      4  bytes of a record, 512
 *     16     12  number of records in each of the three rings
 *     28      4  CRC-32C of bytes 0 to 27
 *     32         zero
 * </pre>
 *
 * <p>Behind it lie three rings, one after the other: what tells of leases and their loss, lines of
 * the log, and the traffic of leases taken and given back; so that a busy one does not push the
 * others out. A record is one sector of a disk, which most disks write whole or not at all:
 *
 * <pre>
 * offset  bytes
 *      0      4  CRC-32C of bytes 4 to 511
 *      4      2  kind, see {@link io.sanlockd.model.flight.EventKind}
 *      6      2  bytes of the text, more than 360 if it was cut
 *      8      8  sequence number, from 1, never reused in a file
 *     16      8  sequence number of the first record of this life of the daemon
 *     24      8  when that life began, milliseconds since 1970
 *     32     16  boot id of the kernel, most significant byte first; zero when unknown
 *     48      4  pid of the daemon
 *     52      4  zero
 *     56      8  wall clock, milliseconds since 1970
 *     64      8  CLOCK_MONOTONIC, nanoseconds
 *     72      8  CLOCK_BOOTTIME less CLOCK_MONOTONIC, nanoseconds
 *     80     24  three numbers, whose meaning the kind tells
 *    104     48  lockspace, padded with zeros
 *    152    360  text, one byte for each char
 * </pre>
 *
 * <p>A sector of zeros was never used. One with another checksum was half written, or written while
 * it was read, and is left out. Each record says for itself to which life it belongs: a ring has no
 * beginning that could be lost.
 */
package io.sanlockd.model.flight;
