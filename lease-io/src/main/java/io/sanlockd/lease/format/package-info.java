/**
 * The bytes on the disk. Each record class reads like its table in disk-format.md: field offsets in
 * table order, {@code decode} and {@code encode} over a Chronicle {@code BytesStore} view of an
 * aligned sector buffer, and the checks that tell a valid record from anything else. Nothing here
 * does I/O or knows why a record is written. Little endian; the machines supported are, too.
 */
package io.sanlockd.lease.format;
