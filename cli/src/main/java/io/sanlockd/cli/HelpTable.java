package io.sanlockd.cli;

import java.util.List;

/** The words of {@code sanlock help ACTION}. */
final class HelpTable {
  private static final String LS = "-s LS1:1:/dev/vg/leases:0";
  private static final String RES = "-r LS1:disk7:/dev/vg/leases:1M";
  private static final String RX = "-x LS1:/dev/vg/leases:1M";

  private static final List<ActionHelp> ACTIONS =
      List.of(
          action("daemon", "Starts the daemon.", "", "sanlock daemon -D -w 0"),
          action(
              "config",
              "\"config check [FILE]\" names every line of a configuration file that would be"
                  + " ignored or does not mean what it seems to, and the cure. Exit status 1 if there"
                  + " are such lines. Needs no daemon.",
              "",
              "sanlock config check",
              "sanlock config check ./sanlock.conf"),
          action(
              "status",
              "Shows daemon, connections (p), lockspaces (s) and leases (r).",
              "DO",
              "sanlock client status",
              "sanlock client status -o p"),
          action(
              "gets",
              "Lists lockspaces, with -h 1 also their hosts and whether they are alive.",
              "h",
              "sanlock client gets -h 1"),
          action(
              "host_status",
              "Shows what this daemon has seen of the hosts of a lockspace.",
              "sD",
              "sanlock client host_status -s LS1 -D"),
          action(
              "renewal",
              "Lists past renewals of our host_id with their latencies.",
              "s",
              "sanlock client renewal -s LS1"),
          action(
              "log_dump",
              "Prints the log in the daemon's memory. Exit status 1 although it succeeds.",
              "",
              "sanlock client log_dump"),
          action("version", "Shows versions of client and daemon.", "", "sanlock client version"),
          action(
              "shutdown",
              "Ends the daemon. Without -f 1 this is refused while lockspaces are joined; without"
                  + " -w 1 the refusal is not reported.",
              "fw",
              "sanlock client shutdown -w 1"),
          action(
              "init",
              "Writes an empty lockspace or lease. Everything that was there is lost.",
              "srzZAnmo",
              "sanlock client init " + LS,
              "sanlock client init " + RES + " -Z 4096 -A 1M"),
          action(
              "read",
              "Reads a lockspace or lease from storage; empty names match any.",
              "srhDZA",
              "sanlock client read -s ::/dev/vg/leases:0",
              "sanlock client read " + RES + " -h 1"),
          action(
              "add_lockspace",
              "Joins a lockspace under a host_id. Takes at least two io timeouts.",
              "so",
              "sanlock client add_lockspace " + LS),
          action(
              "inq_lockspace",
              "Tells whether a lockspace is joined (0), changing (-115) or not (-2).",
              "s",
              "sanlock client inq_lockspace " + LS),
          action(
              "rem_lockspace",
              "Leaves a lockspace. Processes that hold its leases are killed.",
              "s",
              "sanlock client rem_lockspace " + LS),
          action(
              "command",
              "Takes leases and becomes another program, which then holds them until it ends.",
              "rnPOc",
              "sanlock client command " + RES + " -c /bin/sleep 60"),
          action(
              "acquire",
              "Takes leases for a registered process.",
              "rpnPO",
              "sanlock client acquire " + RES + " -p 4711"),
          action(
              "convert",
              "Makes a lease shared (with :SH) or exclusive.",
              "rp",
              "sanlock client convert " + RES + ":SH -p 4711"),
          action(
              "release",
              "Gives leases back. Only the names count.",
              "rpaOs",
              "sanlock client release -r LS1:disk7 -p 4711",
              "sanlock client release -p 4711 -a 1"),
          action(
              "inquire",
              "Lists the leases of a registered process.",
              "pD",
              "sanlock client inquire -p 4711"),
          action(
              "request",
              "Asks the holder of a lease for it; the version must be above the current one.",
              "rf",
              "sanlock client request " + RES + ":9 -f 1"),
          action(
              "examine",
              "Makes the daemon look for requests now.",
              "rs",
              "sanlock client examine " + RES),
          action(
              "align",
              "Shows the default align size of a device. Exit status 1 although it succeeds.",
              "s",
              "sanlock client align -s ::/dev/vg/leases:0"),
          action(
              "set_event",
              "Sends an event to another host of a lockspace.",
              "sigEd",
              "sanlock client set_event -s LS1 -i 2 -g 1 -e 1 -d 0"),
          action(
              "set_config",
              "Marks a lockspace as used, so that it is not removed.",
              "suU",
              "sanlock client set_config -s LS1 -u 1"),
          action("format", "Writes an empty resource index.", "xZA", "sanlock client format " + RX),
          action(
              "create",
              "Creates a lease and its index entry.",
              "xe",
              "sanlock client create " + RX + " -e disk7"),
          action(
              "delete",
              "Deletes a lease and its index entry.",
              "xe",
              "sanlock client delete " + RX + " -e disk7"),
          action(
              "lookup",
              "Finds a lease by name or offset, or without -e the first free offset.",
              "xe",
              "sanlock client lookup " + RX + " -e disk7"),
          action(
              "update",
              "Sets or clears an index entry; the offset is always needed.",
              "xez",
              "sanlock client update " + RX + " -e disk7:3M"),
          action(
              "rebuild",
              "Rebuilds a resource index from the leases behind it.",
              "x",
              "sanlock client rebuild " + RX));

  private HelpTable() {}

  private static ActionHelp action(
      String name, String purpose, String letters, String... examples) {
    return new ActionHelp(name, purpose, letters, List.of(examples));
  }

  /** The help of an action, null for an unknown one; {@code write} is {@code init}. */
  static ActionHelp find(String name) {
    String wanted = name.equals("write") ? "init" : name;
    for (ActionHelp action : ACTIONS) {
      if (action.name().equals(wanted)) {
        return action;
      }
    }
    return null;
  }

  static List<ActionHelp> actions() {
    return ACTIONS;
  }

  /**
   * An option as name, value and meaning. Capital letters that are no options themselves stand for
   * the special meaning of a letter in one action: {@code E} for the event of {@code -e}, {@code U}
   * for {@code -O} of set_config.
   */
  static String[] option(char letter) {
    return switch (letter) {
      case 's' -> words("-s", "LOCKSPACE", "NAME:HOST_ID:PATH:OFFSET, or only NAME");
      case 'r' -> words("-r", "RESOURCE", "LOCKSPACE:NAME:PATH:OFFSET[:LVER|:SH], up to 8 times");
      case 'x' -> words("-x", "RINDEX", "LOCKSPACE:PATH:OFFSET of a resource index");
      case 'e' -> words("-e", "ENTRY", "NAME, NAME:OFFSET or :OFFSET");
      case 'E' -> words("-e", "EVENT", "event bits");
      case 'd' -> words("-d", "DATA", "data of the event");
      case 'i' -> words("-i", "HOST_ID", "the host that gets the event");
      case 'g' -> words("-g", "GENERATION", "generation of that host");
      case 'p' -> words("-p", "PID", "pid of a registered process");
      case 'c' -> words("-c", "PATH ARGS...", "the program and its arguments; ends the options");
      case 'n' -> words("-n", "NUMBER", "number of hosts that may take the lease");
      case 'm' -> words("-m", "NUMBER", "the same, used when -n is missing");
      case 'o' -> words("-o", "SECONDS", "io timeout (10)");
      case 'O' -> words("-O", "0|1", "orphans: adopt (acquire), give back (release)");
      case 'U' -> words("-O", "0|1", "orphans count as use of the lockspace");
      case 'u' -> words("-u", "0|1", "the lockspace is used by something else");
      case 'P' -> words("-P", "0|1", "persistent: becomes an orphan when the process ends");
      case 'a' -> words("-a", "0|1", "all leases of the process");
      case 'f' -> words("-f", "NUMBER", "force; for request 1 kills the holder, 2 asks it first");
      case 'w' -> words("-w", "0|1", "wait until the daemon ends");
      case 'h' -> words("-h", "0|1", "also show hosts");
      case 'z' -> words("-z", "0|1", "clear instead of write");
      case 'Z' -> words("-Z", "512|4096", "sector size, together with -A");
      case 'A' -> words("-A", "1M|2M|4M|8M", "align size, together with -Z");
      default -> words("-D", "", "details; also debug lines on standard error");
    };
  }

  private static String[] words(String name, String value, String meaning) {
    return new String[] {name, value, meaning};
  }
}
