package dev.enclave.kit.key;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningInput;
import dev.enclave.crypto.RsaOaepWrap;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.RawSignature;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Signs by a remote service's keys, and wraps data keys under them. The service signs, encrypts and
 * decrypts; what is looked at before and after is the same for all: purpose and state of the
 * version, what input the service takes, lengths, and that nothing is released which does not open.
 * No copy of a data key stays behind. Thread-safe, if the service's part is.
 */
public abstract class RemoteUse implements KeySigner, KeyWrapper {

  private static final int DATA_KEY_BYTES = 32;

  private final Refusals refusals;
  private final int shortest;
  private final int longest;

  /**
   * For one service.
   *
   * @param shortest of what AES makes of a data key, in bytes
   * @param longest of the same: other lengths are not sent, since services refuse them in many ways
   */
  protected RemoteUse(Refusals refusals, int shortest, int longest) {
    this.refusals = refusals;
    this.shortest = shortest;
    this.longest = longest;
  }

  /** Whether a reference names its version as the service does. */
  protected abstract boolean named(KeyVersionRef ref);

  /**
   * What the service takes for an algorithm.
   *
   * @throws BackendFailure {@link FailureCode#UNSUPPORTED} when it has no keys for it
   */
  protected abstract AlgorithmSupport support(KeyAlgorithm algorithm) throws BackendFailure;

  /**
   * Signs by the version's own name and algorithm.
   *
   * @param digest whether {@code input} is a digest, else a message
   * @return by the version that the service says it used; {@link Refusals#wrongAnswer} where the
   *     answer is no signature by a version of that key
   */
  protected abstract RawSignature sign(
      KeyVersionRef ref, byte[] input, boolean digest, CallContext call) throws BackendFailure;

  /**
   * Encrypts: by AES with name, version and {@link Refusals#authenticatedStamp} authenticated, by
   * RSA with {@link #encryptHere} where the service leaves that to who has the public key.
   *
   * @param secret overwritten afterwards; to be kept nowhere
   */
  protected abstract Bytes encrypt(KeyVersionRef kek, byte[] secret, CallContext call)
      throws BackendFailure;

  /**
   * Encrypts by RSAES-OAEP with SHA-256 (RFC 8017 §7.1), with the public key and in this process:
   * nobody has to be believed that what came back is the data key's.
   */
  protected static Bytes encryptHere(PublicKeyInfo publicKey, byte[] secret, SecureRandom random) {
    try (SecretBytes key = SecretBytes.takeOver(secret.clone())) {
      return RsaOaepWrap.wrap(publicKey.spki(), key, random);
    }
  }

  /**
   * Decrypts.
   *
   * @return taken over, and overwritten when it is not needed any more
   */
  protected abstract byte[] decrypt(KeyVersionRef kek, byte[] wrapped, CallContext call)
      throws BackendFailure;

  /** Refuses an answer that is not by the key that was asked. */
  protected final void requireUsed(boolean same) throws BackendFailure {
    if (!same) {
      throw refusals.wrongAnswer(Texts.ANOTHER_KEY_USED.with());
    }
  }

  /** Whether {@link #decrypt} failed since this version did not make what it was to open. */
  protected abstract boolean unopened(BackendFailure failure);

  /**
   * Whether what was encrypted is opened once before anything depends on it: unless it was
   * encrypted here, or checksums tell the same.
   */
  protected abstract boolean looksAgain(KeyVersionRef kek);

  @Override
  public final RawSignature sign(KeyVersionRef ref, SigningInput input, CallContext call)
      throws BackendFailure {
    if (ref.algorithm().purpose() != KeyPurpose.SIGN) {
      throw refusals.cannot(ref.algorithm(), "sign");
    }
    AlgorithmSupport support = support(ref.algorithm());
    if (!support.takes(input)) {
      throw refusals.notTaken(support);
    }
    refusals.requireUsable(ref, named(ref), KeyState::mayProduce);
    return input instanceof Digest digest
        ? sign(ref, digest.value().toByteArray(), true, call)
        : sign(ref, ((Message) input).toByteArray(), false, call);
  }

  @Override
  public final Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    requireWrapping(kek);
    refusals.requireUsable(kek, named(kek), KeyState::mayProduce);
    return dataKey.use(
        secret -> {
          Bytes wrapped = encrypt(kek, secret, call);
          if (!isWrapped(kek, wrapped)) {
            throw refusals.wrongAnswer(Texts.WRAPPED_TOO_LONG.with(wrapped.size()));
          }
          if (looksAgain(kek)) {
            requireOpens(kek, wrapped, secret, call);
          }
          return wrapped;
        });
  }

  /** What does not open would be noticed when the data is wanted again, and is then lost. */
  private void requireOpens(KeyVersionRef kek, Bytes wrapped, byte[] secret, CallContext call)
      throws BackendFailure {
    boolean same = false;
    try {
      byte[] opened = decrypt(kek, wrapped.toByteArray(), call);
      same = MessageDigest.isEqual(opened, secret);
      Arrays.fill(opened, (byte) 0);
    } catch (BackendFailure e) {
      if (!unopened(e)) {
        throw e;
      }
    }
    if (!same) {
      throw refusals.wrongAnswer(Texts.WRAPPED_DOES_NOT_OPEN.with());
    }
  }

  @Override
  public final SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    requireWrapping(kek);
    refusals.requireUsable(kek, named(kek), KeyState::mayConsume);
    if (!isWrapped(kek, wrapped)) {
      throw refusals.notWrappedHere(kek);
    }
    byte[] secret;
    try {
      secret = decrypt(kek, wrapped.toByteArray(), call);
    } catch (BackendFailure e) {
      throw unopened(e) ? refusals.notWrappedHere(kek) : e;
    }
    if (aes(kek) && secret.length != DATA_KEY_BYTES) {
      Arrays.fill(secret, (byte) 0);
      throw refusals.notWrappedHere(kek);
    }
    return SecretBytes.takeOver(secret);
  }

  /** Whether it is a symmetric key. */
  protected static boolean aes(KeyVersionRef kek) {
    return kek.algorithm().family() == Family.AES_GCM;
  }

  /** By its length; the same is asked of what was wrapped and of what is to be unwrapped. */
  private boolean isWrapped(KeyVersionRef kek, Bytes wrapped) {
    return aes(kek)
        ? wrapped.size() >= shortest && wrapped.size() <= longest
        : wrapped.size() == kek.algorithm().keyBits() / Byte.SIZE;
  }

  private void requireWrapping(KeyVersionRef kek) throws BackendFailure {
    if (kek.algorithm().purpose() != KeyPurpose.WRAP) {
      throw refusals.cannot(kek.algorithm(), "wrap");
    }
  }
}
