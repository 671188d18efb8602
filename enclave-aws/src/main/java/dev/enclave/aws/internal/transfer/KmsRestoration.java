package dev.enclave.aws.internal.transfer;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.aws.internal.model.KmsKey;
import dev.enclave.aws.internal.model.KmsVersionChain;
import dev.enclave.crypto.Hashing;
import dev.enclave.spi.ExportedKey.Version;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What is to be restored, and where it says so: the KMS key of a first version carries {@code
 * KmsTags.RESTORING} until all versions of its key are there. So a restoration that was cut short
 * is recognised, and whoever has the same backup can finish it.
 *
 * @param versions those with a private half, oldest first
 */
record KmsRestoration(List<Version> versions) {

  /** The activation after the first version's, which an alias needs none for. */
  static final int SECOND = 2;

  private static final int MARK_BYTES = 16;

  int size() {
    return versions.size();
  }

  Version version(int number) {
    return versions.get(number - 1);
  }

  /** The number that the active version gets; 0 if there is none. */
  int active() {
    for (int n = 1; n <= versions.size(); n++) {
      if (version(n).state() == KeyState.ACTIVE) {
        return n;
      }
    }
    return 0;
  }

  /** The state and public key of every version, as a tag's value; none where one alias is all. */
  Optional<String> mark() {
    if (versions.size() < 2) {
      return Optional.empty();
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Version version : versions) {
      all.writeBytes(version.state().name().getBytes(StandardCharsets.UTF_8));
      all.writeBytes(
          version.publicKey().map(key -> key.spki().toByteArray()).orElseGet(() -> new byte[] {0}));
    }
    byte[] digest =
        Hashing.digest(DigestAlgorithm.SHA_256, Message.of(all.toByteArray()))
            .value()
            .toByteArray();
    return Optional.of(versions.size() + "/" + HexFormat.of().formatHex(digest, 0, MARK_BYTES));
  }

  /** Whether a key is the one that this makes, maybe not all of it yet. */
  boolean began(KmsVersionChain chain) {
    KmsKey first = chain.versions().get(1);
    return first != null && mark().isPresent() && first.tags().restoring().equals(mark());
  }

  /** Whether all versions have their aliases, and the active one is the head. */
  boolean complete(KmsVersionChain chain) {
    return chain.versions().size() >= versions.size()
        && (active() <= 1 || chain.activations().containsKey(SECOND));
  }

  /** Whether a version of the key, which is there, is in the state that it is to have. */
  boolean has(int number, KmsVersionChain chain) {
    KmsKey key = chain.at(number);
    return number <= versions.size()
        && !key.doomed()
        && !key.empty()
        && key.disabled() == (version(number).state() == KeyState.DISABLED);
  }

  /** Whether more has become of the key than was restored. */
  boolean outgrown(KmsVersionChain chain) {
    return chain.highestNumber() > versions.size() || chain.highestActivation() > SECOND;
  }
}
