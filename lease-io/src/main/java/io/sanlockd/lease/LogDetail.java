package io.sanlockd.lease;

/** Lines that are written only when the configuration asks for them (config.md 3). */
public enum LogDetail {
  /** Every step of a ballot with the blocks it saw ({@code paxos_debug_all}). */
  PAXOS,
  /** Every renewal and its steps ({@code debug_renew} 1). */
  RENEWAL,
  /** Every look at the age of our own leases ({@code debug_renew} 2). */
  LEASE_CHECK,
  /** Leases refused because somebody has them, as errors ({@code quiet_fail} 0). */
  CONTENTION,
  /** What happens to connections ({@code debug_clients}). */
  CLIENTS
}
