package io.sanlockd.cli.operate;

import io.sanlockd.model.ResultCode;
import java.util.Optional;

/** The command that shows more about a kind of failure. */
final class NextLook {
  private NextLook() {}

  static Optional<String> of(ResultCode code) {
    return Optional.ofNullable(
        switch (code) {
          case ACQUIRE_IDLIVE,
              ACQUIRE_OWNED,
              ACQUIRE_OTHER,
              ACQUIRE_OWNED_RETRY,
              ACQUIRE_SHRETRY,
              DBLOCK_LVER,
              DBLOCK_MBAL ->
              "'sanlock client read -r RESOURCE -h 1' shows the owners, 'sanlock client gets -h 1'"
                  + " which hosts are alive";
          case EAGAIN, EBUSY, EEXIST, EUCLEAN ->
              "'sanlock client status' shows who holds what here";
          case ENOSPC, ACQUIRE_LOCKSPACE, EINPROGRESS, ENOENT ->
              "'sanlock client gets' lists the lockspaces, 'sanlock client status' all the rest";
          case ESRCH, ENOTTY, ESTALE -> "'sanlock client status -o p' lists registered processes";
          case HOSTID_BUSY, RENEW_OWNER, RENEW_DIFF ->
              "'sanlock direct read_leader -s LOCKSPACE' shows who owns a host_id, 'sanlock doctor"
                  + " -s LOCKSPACE' finds host_ids and host names used twice";
          case WD_ERROR -> "'sanlock doctor' examines the watchdog device and wdmd";
          case EIO, AIO_TIMEOUT, ECANCELED, DBLOCK_READ, DBLOCK_WRITE, LEADER_READ, LEADER_WRITE ->
              "'sanlock doctor PATH' measures the storage, 'sanlock client renewal -s LOCKSPACE'"
                  + " shows past latencies";
          case LEADER_DIFF,
              LEADER_MAGIC,
              LEADER_VERSION,
              LEADER_SECTORSIZE,
              LEADER_LOCKSPACE,
              LEADER_RESOURCE,
              LEADER_NUMHOSTS,
              LEADER_CHECKSUM,
              DBLOCK_CHECKSUM,
              REQUEST_MAGIC,
              REQUEST_VERSION,
              RINDEX_MAGIC,
              RINDEX_VERSION,
              RINDEX_LOCKSPACE,
              RINDEX_OFFSET,
              RINDEX_DIFF ->
              "'sanlock fsck PATH:OFFSET' checks what lies there";
          case ENODEV, EACCES, EMSGSIZE -> "'sanlock doctor PATH' says what is wrong with a path";
          case ECONNREFUSED -> "'sanlock doctor' says why nobody listens";
          default -> null;
        });
  }
}
