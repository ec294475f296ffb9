package io.sanlockd.cli;

import java.util.List;

/** The words of {@code sanlock help COMMAND}: commands without actions, and other programs. */
final class CommandHelp {
  static final List<HelpTopic> TOPICS =
      List.of(
          new HelpTopic(
              "daemon",
              "daemon [-D] [-OPTION VALUE]...",
              "Starts the daemon. It goes to the background and the command ends with status 0 when"
                  + " it serves clients, else 1. Options replace what /etc/sanlock/sanlock.conf"
                  + " says. Environment: SANLOCK_RUN_DIR is the directory of socket and lock file"
                  + " (/run/sanlock), SANLOCK_PRIVILEGED=0 keeps to what an ordinary user may do.",
              List.of(
                  new HelpOption("-D", "stay in the foreground and log to standard error"),
                  new HelpOption(
                      "-w 0|1", "use a watchdog through wdmd (1); 0 only with other fencing"),
                  new HelpOption("-e HOST_NAME", "name of this host in host_id leases (made up)"),
                  new HelpOption("-o SECONDS", "io timeout of lockspaces (10)"),
                  new HelpOption("-U USER", "user that the daemon becomes (sanlock)"),
                  new HelpOption("-G GROUP", "group that the daemon becomes (sanlock)"),
                  new HelpOption("-g SECONDS", "0 to 60 for a killpath before SIGKILL (40)"),
                  new HelpOption(
                      "-b SECONDS", "how long a call stands in our bitmap (6 io timeouts)"),
                  new HelpOption("-t NUMBER", "worker threads (8)"),
                  new HelpOption("-H NUMBER", "renewals to remember (180)"),
                  new HelpOption("-h 0|1", "real-time priority (0)"),
                  new HelpOption("-l 0|1|2", "lock memory: no, current, also future (1)"),
                  new HelpOption("-L PRIORITY", "log file: up to this syslog level, -1 none (4)"),
                  new HelpOption("-S PRIORITY", "syslog: up to this level, -1 none (3)"),
                  new HelpOption("-Q 0|1", "no errors in the log for contention (1)"),
                  new HelpOption("-R NUMBER", "log renewals (0)"),
                  new HelpOption("-a 0|1", "asynchronous I/O; accepted, always on"),
                  new HelpOption(
                      "--metrics-socket PATH", "serve metrics there, in the run directory (none)"),
                  new HelpOption(
                      "--metrics-port NUMBER",
                      "serve metrics on this port of 127.0.0.1 (0, none)")),
              List.of("sanlock daemon", "SANLOCK_PRIVILEGED=0 sanlock daemon -D -w 0")),
          new HelpTopic(
              "config",
              "config check [FILE]",
              "Names every line of a configuration file that would be ignored or does not mean what"
                  + " it seems to, and the cure. Exit status 1 if there are such lines. Needs no"
                  + " daemon. The file is /etc/sanlock/sanlock.conf unless another is given.",
              List.of(),
              List.of("sanlock config check", "sanlock config check ./sanlock.conf")),
          new HelpTopic(
              "wdmd",
              "wdmd [-D] [-OPTION VALUE]...",
              "Another program: the watchdog multiplexer. It keeps a watchdog device quiet as long as"
                  + " every client has renewed its promise, and lets it reset the machine else. Start"
                  + " it, as root, before the daemon; \"wdmd --help\" is its own, shorter help.",
              List.of(
                  new HelpOption(
                      "--probe", "name the watchdog device that works, or why none does"),
                  new HelpOption("--dump", "show clients and device of the running wdmd"),
                  new HelpOption(
                      "--trytimeout SECONDS", "see whether the device takes this timeout"),
                  new HelpOption(
                      "--forcefire", "with --trytimeout: let it fire, WHICH RESETS THE MACHINE"),
                  new HelpOption("--version", "show the version"),
                  new HelpOption("-D", "stay in the foreground and log to standard error"),
                  new HelpOption("-w PATH", "device to try first"),
                  new HelpOption("-G GROUP", "group that may use the socket (sanlock)"),
                  new HelpOption("-H 0|1", "real-time priority (0)"),
                  new HelpOption("-S 0|1", "run test scripts (0)"),
                  new HelpOption("-s DIRECTORY", "where they are (/etc/wdmd.d)"),
                  new HelpOption("-k SECONDS", "kill a script that runs longer, 0 never (0)")),
              List.of("wdmd --probe", "wdmd")),
          new HelpTopic(
              "arguments",
              "client|direct ACTION -s LOCKSPACE -r RESOURCE -x RINDEX -e ENTRY",
              "How places on storage are written. Offsets are bytes, or mebibytes with M, and lie at"
                  + " multiples of the align size. Names have up to 48 bytes, paths up to 1023. A"
                  + " colon inside a path is written \\:. Lease areas are as large as the align size:"
                  + " with 512-byte sectors 1M and up to 2000 hosts; with 4096 bytes 1M, 2M, 4M, 8M"
                  + " and up to 250, 500, 1000, 2000 hosts.",
              List.of(
                  new HelpOption(
                      "LOCKSPACE", "NAME:HOST_ID:PATH:OFFSET; HOST_ID differs on every host"),
                  new HelpOption(
                      "RESOURCE",
                      "LOCKSPACE_NAME:NAME:PATH:OFFSET, more :PATH:OFFSET for up to 4 disks, and"
                          + " :SH for a shared lease or :LVER for one version only"),
                  new HelpOption("RINDEX", "LOCKSPACE_NAME:PATH:OFFSET of a resource index"),
                  new HelpOption("ENTRY", "NAME, NAME:OFFSET or :OFFSET of a lease in an index")),
              List.of(
                  "sanlock client init -s LS1:0:/dev/vg/leases:0",
                  "sanlock client init -r LS1:disk7:/dev/vg/leases:1M")));

  private CommandHelp() {}
}
