package io.sanlockd.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * An option as it is typed and what it means.
 *
 * @param syntax option and value
 * @param meaning for people
 */
record HelpOption(String syntax, String meaning) {
  /**
   * The options with these letters, in the meaning that most actions share. A capital letter that
   * is no option itself stands for a meaning of its own: {@code E} is the event of {@code -e},
   * {@code N} the host name of {@code -e}, {@code U} {@code -O} of set_config, {@code W} the host
   * that a direct action works for, {@code F} forced checksum, {@code V} the detail of a dump,
   * {@code T} the sort order of status.
   */
  static List<HelpOption> of(String letters) {
    List<HelpOption> options = new ArrayList<>();
    for (int i = 0; i < letters.length(); i++) {
      options.add(of(letters.charAt(i)));
    }
    return options;
  }

  private static HelpOption of(char letter) {
    return switch (letter) {
      case 's' -> new HelpOption("-s LOCKSPACE", "NAME:HOST_ID:PATH:OFFSET");
      case 'S' -> new HelpOption("-s NAME", "name of a lockspace");
      case 'r' ->
          new HelpOption("-r RESOURCE", "LOCKSPACE:NAME:PATH:OFFSET[:LVER|:SH], up to 8 times");
      case 'x' -> new HelpOption("-x RINDEX", "LOCKSPACE:PATH:OFFSET of a resource index");
      case 'e' -> new HelpOption("-e ENTRY", "NAME, NAME:OFFSET or :OFFSET");
      case 'E' -> new HelpOption("-e EVENT", "event bits, like 0x1");
      case 'N' -> new HelpOption("-e HOST_NAME", "name of the host; without it one is made up");
      case 'd' -> new HelpOption("-d DATA", "data of the event");
      case 'i' -> new HelpOption("-i HOST_ID", "the host that gets the event");
      case 'g' -> new HelpOption("-g GENERATION", "its generation; 0 = the present one");
      case 'W' -> new HelpOption("-i HOST_ID -g GENERATION", "the host that gets the lease");
      case 'p' -> new HelpOption("-p PID", "pid of a registered process");
      case 'c' -> new HelpOption("-c PATH ARGS...", "the program; ends the options");
      case 'n' -> new HelpOption("-n NUMBER", "number of hosts that may take the lease");
      case 'o' -> new HelpOption("-o SECONDS", "io timeout (10, or that of sanlock.conf)");
      case 'T' -> new HelpOption("-o p|s", "sort by process or by lockspace");
      case 'O' -> new HelpOption("-O 0|1", "orphans: adopt (acquire), give back (release)");
      case 'U' -> new HelpOption("-O 0|1", "orphans count as use of the lockspace");
      case 'u' -> new HelpOption("-u 0|1", "the lockspace is used by something else");
      case 'P' -> new HelpOption("-P 0|1", "persistent: becomes an orphan when the process ends");
      case 'a' -> new HelpOption("-a 0|1", "all leases of the process");
      case 'f' -> new HelpOption("-f 0|1", "kill the processes that hold leases first");
      case 'F' -> new HelpOption("-f 0|1", "write the checksum of the file, even if it is wrong");
      case 'V' -> new HelpOption("-f 1|2", "also requests, index entries; with 2 all ballots");
      case 'w' -> new HelpOption("-w 0|1", "wait until the daemon ends, and report a refusal");
      case 'h' -> new HelpOption("-h 0|1", "also show hosts");
      case 'z' -> new HelpOption("-z 0|1", "clear instead of write");
      case 'Z' ->
          new HelpOption(
              "-Z 512|4096 -A 1M|2M|4M|8M",
              "sector size and align size, always together; 512 goes with 1M only");
      default -> new HelpOption("-D", "details; also debug lines on standard error");
    };
  }
}
