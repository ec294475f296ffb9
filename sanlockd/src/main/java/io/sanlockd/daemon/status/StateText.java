package io.sanlockd.daemon.status;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.client.KillProgram;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.lockspace.RenewalHistory;
import io.sanlockd.daemon.lockspace.RenewalStatus;
import io.sanlockd.daemon.resource.Resource;
import io.sanlockd.lease.HostView;
import io.sanlockd.model.Geometry;
import io.sanlockd.protocol.CommandFlags;

/**
 * The {@code key=value} strings of the state records, keys in the order of the C program. Values
 * contain no blanks.
 */
public final class StateText {
  private static final int CLIENT_APPENDS_PID = 0x1;
  private static final int CLIENT_PROGRAM_RAN = 0x2;
  private static final int RESOURCE_SHARED = 0x1;
  private static final int RESOURCE_EXAMINING = 0x2;
  private static final int RESOURCE_RELEASING = 0x4;
  private static final int RESOURCE_NO_SIGKILL = 0x8;
  private static final int RESOURCE_NO_SIGTERM = 0x10;
  private static final int RESOURCE_VALUE_CHANGED = 0x20;
  private static final int RESOURCE_ERASE_ALL = 0x80;

  private StateText() {}

  /** The daemon itself. */
  public static String daemon(DaemonFacts facts, HelperFacts helper, long nowSeconds) {
    return "our_host_name="
        + facts.hostName()
        + " use_watchdog="
        + facts.useWatchdog()
        + " high_priority="
        + facts.highPriority()
        + " mlock_level="
        + facts.mlockLevel()
        + " quiet_fail="
        + facts.quietFail()
        + " debug_renew="
        + facts.debugRenew()
        + " debug_clients="
        + facts.debugClients()
        + " debug_cmds=0x"
        + Long.toHexString(facts.debugCommands())
        + " renewal_history_size="
        + facts.renewalHistorySize()
        + " gid="
        + facts.gid()
        + " uid="
        + facts.uid()
        + " sh_retries="
        + facts.sharedRetries()
        + " max_sectors_kb_ignore="
        + (facts.maxSectors().ignore() ? 1 : 0)
        + " max_sectors_kb_align="
        + (facts.maxSectors().align() ? 1 : 0)
        + " max_sectors_kb_num="
        + facts.maxSectors().kilobytes()
        + " max_worker_threads="
        + facts.maxWorkers()
        + " write_init_io_timeout="
        + facts.writeInitIoTimeout()
        + " use_aio="
        + facts.useAio()
        + " kill_grace_seconds="
        + facts.graceSeconds()
        + " helper_pid="
        + helper.pid()
        + " helper_kill_fd="
        + helper.messageFd()
        + " helper_full_count="
        + helper.fullCount()
        + " helper_last_status="
        + helper.lastStatusSeconds()
        + " monotime="
        + nowSeconds
        + " version_str=3.8.5 version_num=3.8.5 version_hex=03080500 smproto_hex=00000001";
  }

  /** One connection. */
  public static String client(Client client) {
    return clientFields(
        client.slot(),
        client.fd(),
        client.pid(),
        flags(client),
        client.restrictions(),
        client.activeCommand(),
        client.lastCommand(),
        client.connected() ? 0 : 1,
        client.kills().rounds(),
        client.kills().lastSeconds(),
        client.suspended() ? 1 : 0);
  }

  /** A slot that the daemon itself uses: the helper's pipe or the listener. */
  public static String internalSlot(int slot, int fd) {
    return clientFields(slot, fd, Client.NO_PID, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  private static int flags(Client client) {
    boolean appendsPid = client.killProgram().filter(KillProgram::appendPid).isPresent();
    return (appendsPid ? CLIENT_APPENDS_PID : 0)
        | (client.kills().programRan() ? CLIENT_PROGRAM_RAN : 0);
  }

  private static String clientFields(
      int slot,
      int fd,
      int pid,
      int flags,
      int restrictions,
      int activeCommand,
      int lastCommand,
      int pidDead,
      int killCount,
      long killLast,
      int suspend) {
    return "ci="
        + slot
        + " fd="
        + fd
        + " pid="
        + pid
        + " flags="
        + Integer.toHexString(flags)
        + " restricted="
        + Integer.toHexString(restrictions)
        + " cmd_active="
        + activeCommand
        + " cmd_last="
        + lastCommand
        + " pid_dead="
        + pidDead
        + " kill_count="
        + killCount
        + " kill_last="
        + killLast
        + " suspend="
        + suspend
        + " need_free=0";
  }

  /** One lockspace. */
  public static String lockspace(Lockspace lockspace) {
    RenewalStatus status = lockspace.status();
    boolean joined = lockspace.membership() != null;
    Geometry geometry = joined ? lockspace.membership().identity().geometry() : null;
    String list =
        switch (lockspace.phase()) {
          case ADDING -> "add";
          case ACTIVE -> "spaces";
          case REMOVING, GONE -> "rem";
        };
    int killing =
        switch (lockspace.killing()) {
          case NO -> 0;
          case RUNNING -> 1;
          case STUCK -> 2;
        };
    return "list="
        + list
        + " space_id="
        + lockspace.id()
        + " io_timeout="
        + lockspace.times().ioTimeout()
        + " sector_size="
        + (joined ? geometry.sectorSize() : 0)
        + " align_size="
        + (joined ? geometry.alignSize() : 0)
        + " host_generation="
        + (joined ? lockspace.membership().generation() : 0)
        + " renew_fail="
        + (lockspace.renewalFailed() ? 1 : 0)
        + " space_dead="
        + (killing == 0 ? 0 : 1)
        + " killing_pids="
        + killing
        + " used_retries="
        + lockspace.usedRetries()
        + " external_used="
        + (lockspace.externalUsed() ? 1 : 0)
        + " used_by_orphans="
        + (lockspace.usedByOrphans() ? 1 : 0)
        + " renewal_read_extend_sec="
        + lockspace.renewalReadExtendSeconds()
        + " set_max_sectors_kb="
        + (joined ? lockspace.membership().requestKilobytes() : 0)
        + " corrupt_result="
        + status.corruptResult()
        + " acquire_last_result="
        + status.acquireResult()
        + " renewal_last_result="
        + status.renewalResult()
        + " acquire_last_attempt="
        + status.acquireAttempt()
        + " acquire_last_success="
        + status.acquireSuccess()
        + " renewal_last_attempt="
        + status.renewalAttempt()
        + " renewal_last_success="
        + status.renewalSuccess();
  }

  /**
   * One use of a resource.
   *
   * @param tokenId number of the use, 0 when nobody uses it
   */
  public static String resource(Resource resource, long tokenId) {
    String list =
        switch (resource.state()) {
          case ADD -> "add";
          case HELD -> "held";
          case REM, FREE -> "rem";
          case ORPHAN -> "orphan";
        };
    return "list="
        + list
        + " flags="
        + Integer.toHexString(flags(resource))
        + " sector_size="
        + resource.geometry().sectorSize()
        + " align_size="
        + resource.geometry().alignSize()
        + " lver="
        + resource.lver()
        + " reused="
        + resource.reused()
        + " res_id="
        + resource.id()
        + " token_id="
        + tokenId;
  }

  private static int flags(Resource resource) {
    return (resource.shared() ? RESOURCE_SHARED : 0)
        | (resource.examining() ? RESOURCE_EXAMINING : 0)
        | (resource.releasing() ? RESOURCE_RELEASING : 0)
        | (isSet(resource, CommandFlags.RESTRICT_SIGKILL) ? RESOURCE_NO_SIGKILL : 0)
        | (isSet(resource, CommandFlags.RESTRICT_SIGTERM) ? RESOURCE_NO_SIGTERM : 0)
        | (resource.valueChanged() ? RESOURCE_VALUE_CHANGED : 0)
        | (resource.hasSurplus() ? RESOURCE_ERASE_ALL : 0);
  }

  private static boolean isSet(Resource resource, int restriction) {
    return (resource.restrictions() & restriction) != 0;
  }

  /** One host of a lockspace. */
  public static String host(HostView host) {
    return "last_check="
        + host.lastCheck()
        + " last_live="
        + host.lastLive()
        + " last_req="
        + host.lastRequest()
        + " owner_id="
        + host.ownerId()
        + " owner_generation="
        + host.generation()
        + " timestamp="
        + host.timestamp()
        + " io_timeout="
        + host.ioTimeout()
        + " owner_name="
        + host.name();
  }

  /** One renewal. */
  public static String renewal(RenewalHistory.Entry entry) {
    return "timestamp="
        + entry.timestamp()
        + " read_ms="
        + entry.readMillis()
        + " write_ms="
        + entry.writeMillis()
        + " next_timeouts="
        + entry.nextTimeouts()
        + " next_errors="
        + entry.nextErrors();
  }
}
