package io.sanlockd.cli;

import java.util.List;

/** The words of {@code sanlock help client ACTION}. */
final class ClientHelp {
  private static final String LS = "-s LS1:1:/dev/vg/leases:0";
  private static final String RES = "-r LS1:disk7:/dev/vg/leases:1M";
  private static final String RX = "-x LS1:/dev/vg/leases:1M";

  static final List<HelpTopic> TOPICS =
      List.of(
          action(
              "status",
              "[-D] [-o p|s]",
              "Shows what the daemon does. Lines: \"daemon\" its host name, \"p\" connections,"
                  + " \"s\" lockspaces, \"r\" leases and their holders. ADD, REM and ORPHAN mark"
                  + " what is being taken, given back, or held without a process.",
              "TD",
              "sanlock client status",
              "sanlock client status -o p"),
          action(
              "gets",
              "[-h 0|1]",
              "Lists lockspaces, with -h 1 also their hosts and whether they are alive.",
              "h",
              "sanlock client gets -h 1"),
          action(
              "host_status",
              "[-s NAME] [-D]",
              "Shows what this daemon has seen of the hosts of a lockspace. Timestamp 0 means that"
                  + " the host_id is free.",
              "SD",
              "sanlock client host_status -s LS1 -D"),
          action(
              "renewal",
              "-s NAME",
              "Lists past renewals of our host_id with their latencies.",
              "S",
              "sanlock client renewal -s LS1"),
          action(
              "log_dump",
              "",
              "Prints the log in the daemon's memory. Exit status 1 although it succeeds.",
              "",
              "sanlock client log_dump"),
          action(
              "metrics",
              "",
              "Prints what the daemon counts, in the OpenMetrics text that monitoring systems get."
                  + " From the endpoint that sanlock.conf names (metrics_socket, metrics_port), or"
                  + " metrics.sock in the run directory.",
              "",
              "sanlock client metrics"),
          action(
              "version",
              "",
              "Shows versions of client and daemon. Exit status 0 even without a daemon.",
              "",
              "sanlock client version"),
          action(
              "shutdown",
              "[-f 0|1] [-w 0|1]",
              "Ends the daemon. Without -f 1 this is refused while lockspaces are joined; without"
                  + " -w 1 the refusal is not reported.",
              "fw",
              "sanlock client shutdown -w 1"),
          action(
              "init",
              "-s LOCKSPACE | -r RESOURCE [-z 0|1] [-n NUMBER] [-Z 512|4096 -A 1M|2M|4M|8M]",
              "Writes an empty lockspace or lease. Everything that was there is lost.",
              "srzZno",
              "sanlock client init " + LS,
              "sanlock client init " + RES + " -Z 4096 -A 1M"),
          action(
              "read",
              "-s LOCKSPACE | -r RESOURCE [-h 0|1] [-D]",
              "Reads a lockspace or lease from storage. Empty names match any.",
              "srhDZ",
              "sanlock client read -s ::/dev/vg/leases:0",
              "sanlock client read " + RES + " -h 1"),
          action(
              "add_lockspace",
              "-s LOCKSPACE [-o SECONDS]",
              "Joins a lockspace under a host_id. Takes at least two io timeouts, and minutes when"
                  + " the host_id was not given back.",
              "so",
              "sanlock client add_lockspace " + LS),
          action(
              "inq_lockspace",
              "-s LOCKSPACE",
              "Tells whether a lockspace is joined (0), changing (-115) or not (-2).",
              "s",
              "sanlock client inq_lockspace " + LS),
          action(
              "rem_lockspace",
              "-s LOCKSPACE",
              "Leaves a lockspace. Processes that hold its leases are killed.",
              "s",
              "sanlock client rem_lockspace " + LS),
          action(
              "command",
              "-r RESOURCE [-n NUMBER] [-P 0|1] [-O 0|1] [-c PATH ARGS...]",
              "Takes leases and becomes another program, which then holds them until it ends."
                  + " Without -c it holds them until it is killed. The path is not searched for.",
              "rnPOc",
              "sanlock client command " + RES + " -c /bin/sleep 60"),
          action(
              "acquire",
              "-r RESOURCE -p PID [-n NUMBER] [-P 0|1] [-O 0|1]",
              "Takes leases for a registered process.",
              "rpnPO",
              "sanlock client acquire " + RES + " -p 4711"),
          action(
              "convert",
              "-r RESOURCE -p PID",
              "Makes a lease shared (with :SH) or exclusive.",
              "rp",
              "sanlock client convert " + RES + ":SH -p 4711"),
          action(
              "release",
              "-r RESOURCE -p PID | -p PID -a 1 | -p PID -O 1 [-s NAME]",
              "Gives leases back. Only the names count. With -O 1 orphans are given back; their"
                  + " number is the result, so that the exit status is 1.",
              "rpaOS",
              "sanlock client release -r LS1:disk7 -p 4711",
              "sanlock client release -p 4711 -a 1"),
          action(
              "inquire",
              "-p PID [-D]",
              "Lists the leases of a registered process.",
              "pD",
              "sanlock client inquire -p 4711"),
          new HelpTopic(
              "client request",
              "client request -r RESOURCE -f 0|1|2",
              "Asks the holder of a lease for it. The LVER of the resource must be above the"
                  + " current one.",
              List.of(
                  HelpOption.of("r").get(0),
                  new HelpOption("-f 1", "the holder is killed"),
                  new HelpOption("-f 2", "the holder is asked: its killpath runs, or it gets TERM"),
                  new HelpOption("-f 0", "with LVER 0: takes the request back")),
              List.of("sanlock client request " + RES + ":9 -f 1")),
          action(
              "examine",
              "-r RESOURCE | -s LOCKSPACE",
              "Makes the daemon look for requests now. A lockspace needs a path here, any text.",
              "rs",
              "sanlock client examine " + RES),
          action(
              "align",
              "-s LOCKSPACE",
              "Shows the default align size of a device. Exit status 1 although it succeeds.",
              "s",
              "sanlock client align -s ::/dev/vg/leases:0"),
          action(
              "set_event",
              "-s NAME -i HOST_ID [-g GENERATION] -e EVENT -d DATA",
              "Sends an event to another host of a lockspace.",
              "SigEd",
              "sanlock client set_event -s LS1 -i 2 -g 1 -e 1 -d 0"),
          action(
              "set_config",
              "-s NAME -u 0|1 | -O 0|1",
              "Marks a lockspace as used, so that it is not removed.",
              "SuU",
              "sanlock client set_config -s LS1 -u 1"),
          action(
              "format",
              "-x RINDEX [-Z 512|4096 -A 1M|2M|4M|8M]",
              "Writes an empty resource index and its internal lease. Leases behind it stay.",
              "xZ",
              "sanlock client format " + RX),
          action(
              "create",
              "-x RINDEX -e NAME [-n NUMBER]",
              "Creates a lease and its index entry, and prints the offset of the lease.",
              "xen",
              "sanlock client create " + RX + " -e disk7"),
          action(
              "delete",
              "-x RINDEX -e NAME[:OFFSET]",
              "Deletes a lease that nobody holds, and its index entry.",
              "xe",
              "sanlock client delete " + RX + " -e disk7"),
          action(
              "lookup",
              "-x RINDEX [-e ENTRY]",
              "Finds a lease by name or offset, or without -e the first free offset.",
              "xe",
              "sanlock client lookup " + RX + " -e disk7"),
          action(
              "update",
              "-x RINDEX -e NAME:OFFSET [-z 0|1]",
              "Sets or clears an index entry; the offset is always needed. For repair: the lease is"
                  + " not touched.",
              "xez",
              "sanlock client update " + RX + " -e disk7:3M"),
          action(
              "rebuild",
              "-x RINDEX",
              "Rebuilds a resource index from the leases behind it.",
              "x",
              "sanlock client rebuild " + RX));

  private ClientHelp() {}

  private static HelpTopic action(
      String name, String synopsis, String purpose, String letters, String... examples) {
    return HelpTopic.action("client", name, synopsis, purpose, letters, examples);
  }
}
