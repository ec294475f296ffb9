package io.sanlockd.posix;

import java.util.Locale;

/** What differs between the processors we run on: system call numbers, flags, one packed struct. */
enum Architecture {
  X86_64(206, 207, 208, 209, 186, 0x4000, 12, 4),
  AARCH64(0, 1, 4, 2, 178, 0x10000, 16, 8);

  final long ioSetup;
  final long ioDestroy;
  final long ioGetevents;
  final long ioSubmit;
  final long gettid;
  final int openDirect;
  final int epollEventBytes;
  final int epollDataOffset;

  Architecture(
      long ioSetup,
      long ioDestroy,
      long ioGetevents,
      long ioSubmit,
      long gettid,
      int openDirect,
      int epollEventBytes,
      int epollDataOffset) {
    this.ioSetup = ioSetup;
    this.ioDestroy = ioDestroy;
    this.ioGetevents = ioGetevents;
    this.ioSubmit = ioSubmit;
    this.gettid = gettid;
    this.openDirect = openDirect;
    this.epollEventBytes = epollEventBytes;
    this.epollDataOffset = epollDataOffset;
  }

  /** The processor of this JVM. */
  static final Architecture CURRENT = of(System.getProperty("os.arch"));

  // The same numbers on both, as for every call that is younger than the generic table.
  static final long PIDFD_SEND_SIGNAL = 424;
  static final long PIDFD_OPEN = 434;
  static final long CLOSE_RANGE = 436;

  static Architecture of(String osArch) {
    return switch (osArch.toLowerCase(Locale.ROOT)) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64", "arm64" -> AARCH64;
      default -> throw new UnsupportedOperationException("unsupported processor " + osArch);
    };
  }
}
