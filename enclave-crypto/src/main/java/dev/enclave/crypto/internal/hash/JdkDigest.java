package dev.enclave.crypto.internal.hash;

import java.security.DigestException;
import java.security.MessageDigest;
import org.bouncycastle.crypto.Digest;

/** A hash of the JDK in Bouncy Castle's paddings. */
record JdkDigest(MessageDigest digest) implements Digest {

  @Override
  public String getAlgorithmName() {
    return digest.getAlgorithm();
  }

  @Override
  public int getDigestSize() {
    return digest.getDigestLength();
  }

  @Override
  public void update(byte input) {
    digest.update(input);
  }

  @Override
  public void update(byte[] input, int from, int length) {
    digest.update(input, from, length);
  }

  @Override
  public int doFinal(byte[] output, int at) {
    try {
      return digest.digest(output, at, digest.getDigestLength());
    } catch (DigestException e) {
      throw new IllegalArgumentException("there is no room for the digest");
    }
  }

  @Override
  public void reset() {
    digest.reset();
  }
}
