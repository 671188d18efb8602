package dev.enclave.kit.kek;

import dev.enclave.Bytes;

/**
 * A wrapped data key.
 *
 * @param kek which key wrapped it, so that it is found again: 1 to 1,024 characters, not secret
 * @param wrapped what {@link RecordKek#unwrap} opens: at most 65,535 bytes
 */
public record Wrapped(String kek, Bytes wrapped) {

  /** A data key that {@code kek} wrapped. */
  public static Wrapped of(String kek, Bytes wrapped) {
    return new Wrapped(kek, wrapped);
  }
}
