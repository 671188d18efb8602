package dev.enclave.core.internal.use;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Whom a box is sealed for. It is authenticated with the box, before the associated data, so that
 * whatever associated data a caller gives, a box of a backend or of the queue does not open.
 *
 * @param domain which no two users share
 */
public record SealedFor(String domain) {

  /** Those who call the API. */
  public static final SealedFor CALLERS = new SealedFor("callers");

  /** The queue of deferred operations. */
  public static final SealedFor QUEUE = new SealedFor("queue");

  /** A backend that borrows the key. */
  public static SealedFor backend(BackendId borrower) {
    return new SealedFor("backend:" + borrower);
  }

  /** Header, domain, associated data; what stands before the last carries its own length. */
  Bytes authenticated(Bytes header, byte[] associatedData) {
    byte[] user = domain.getBytes(StandardCharsets.UTF_8);
    return Bytes.of(
        ByteBuffer.allocate(header.size() + Integer.BYTES + user.length + associatedData.length)
            .put(header.toByteArray())
            .putInt(user.length)
            .put(user)
            .put(associatedData)
            .array());
  }
}
