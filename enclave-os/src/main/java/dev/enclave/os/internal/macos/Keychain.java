package dev.enclave.os.internal.macos;

import java.util.Optional;

/** Generic passwords of one service, by account. Thread-safe. */
interface Keychain {

  /** Adds an item that is not there yet. */
  void add(String account, byte[] secret) throws OsStatusException;

  /** The secret, which the caller overwrites; the user may be asked to unlock or to allow it. */
  Optional<byte[]> find(String account) throws OsStatusException;

  /** Whether there is such an item; reads its attributes alone, for which nobody is asked. */
  boolean has(String account) throws OsStatusException;

  /** Removes an item, if it is there. */
  void delete(String account) throws OsStatusException;
}
