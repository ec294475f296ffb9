package io.sanlockd.cli;

import io.sanlockd.protocol.LockspaceText;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceText;
import io.sanlockd.protocol.TextFormatException;
import java.util.Arrays;

/** The option parser of the C program (cli.md 3): {@code -x value}, never {@code -xvalue}. */
final class OptionParser {
  private static final String LETTERS = "QRHLStlbUGwhoaedigfpnmOPuzFsrxZAc";
  private static final int MAX_RESOURCES = 8;

  private final Invocation invocation;
  private final ParsedOptions options = new ParsedOptions();

  OptionParser(Invocation invocation) {
    this.invocation = invocation;
  }

  /**
   * Reads the arguments from an index on.
   *
   * @throws UsageError with the C program's text, exit status 1
   */
  ParsedOptions parse(String[] args, int from) throws UsageError {
    int at = from;
    while (at < args.length) {
      char letter = letter(args[at]);
      if (letter == 'D') {
        options.set('D', "1");
        at++;
        continue;
      }
      if (at + 1 == args.length) {
        throw new UsageError("option '" + letter + "' requires arg");
      }
      if (LETTERS.indexOf(letter) < 0) {
        throw new UsageError("unknown option: " + letter);
      }
      if (letter == 'c') {
        options.setProgram(Arrays.asList(args).subList(at + 1, args.length));
        break;
      }
      take(letter, args[at + 1]);
      at += 2;
    }
    checkSizes();
    return options;
  }

  private static char letter(String argument) throws UsageError {
    if (argument.length() != 2 || argument.charAt(0) != '-') {
      throw new UsageError("unknown option " + argument + "\nspace required before option value");
    }
    return argument.charAt(1);
  }

  private void take(char letter, String value) throws UsageError {
    options.set(letter, value);
    if (letter == 's') {
      options.setLockspace(LockspaceText.parseArgument(value, options.lockspace()));
      if (options.has('D')) {
        DebugLine.lockspace(invocation.err(), options.lockspace());
      }
    } else if (letter == 'r') {
      addResource(value);
    }
  }

  private void addResource(String value) throws UsageError {
    if (options.resources().size() == MAX_RESOURCES) {
      invocation.out().line("resource args over max " + MAX_RESOURCES);
      return;
    }
    Resource resource;
    try {
      resource = ResourceText.parseArgument(value);
    } catch (TextFormatException e) {
      // The C program goes on with the resources it could read, perhaps none, and reports success.
      throw new UsageError("resource arg parse error " + e.number() + "\n");
    }
    options.addResource(resource);
    if (options.has('D')) {
      DebugLine.resource(invocation.err(), resource);
    }
  }

  private void checkSizes() throws UsageError {
    if (!options.hasUsableSizes()) {
      throw new UsageError(
          "Invalid sector_size/align_size combination ("
              + options.sectorSize()
              + "/"
              + options.alignSize()
              + ")\nUse one of: 512/1M, 4096/1M, 4096/2M, 4096/4M, 4096/8M.");
    }
  }
}
