package io.sanlockd.client.lease;

import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.Check;

/**
 * The value block of a lease: a sector of data that each holder sees as the last exclusive holder
 * left it. A value that was set is written to disk when the exclusive lease is given back or
 * becomes shared, not before: if this host fails until then, the next holder sees the old one.
 *
 * <p>May be used by several threads; a read followed by a write is not atomic among them.
 *
 * @param <T> type of the value
 */
public final class LeaseValue<T> {
  private final Lease lease;
  private final RegisteredClient registered;
  private final ValueCodec<T> codec;

  LeaseValue(Lease lease, RegisteredClient registered, ValueCodec<T> codec) {
    this.lease = lease;
    this.registered = registered;
    this.codec = codec;
  }

  /**
   * The value.
   *
   * @throws SanlockException -22 when the lease was taken without value block
   * @throws LeaseLostException when the lease is lost, also while asking
   * @throws IllegalArgumentException when the codec finds no value in the block
   */
  public T get() throws SanlockException, LeaseLostException {
    lease.ensureHeld();
    byte[] block = registered.valueBlock(lease.named());
    lease.ensureHeld();
    return codec.decode(block);
  }

  /**
   * Sets the value. The lease must be exclusive.
   *
   * @throws SanlockException -22 when the lease was taken without value block, -7 when the value is
   *     longer than a sector
   * @throws LeaseLostException when the lease is lost, also while setting: then the next holder may
   *     see either value
   */
  public void set(T value) throws SanlockException, LeaseLostException {
    lease.ensureHeld();
    Check.state(lease.mode() == LeaseMode.EXCLUSIVE, "only an exclusive holder sets the value");
    registered.setValueBlock(lease.named(), codec.encode(value));
    lease.ensureHeld();
  }
}
