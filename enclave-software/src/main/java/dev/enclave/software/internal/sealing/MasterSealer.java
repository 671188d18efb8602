package dev.enclave.software.internal.sealing;

import dev.enclave.Bytes;
import dev.enclave.crypto.DataKey;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Seals a store's master keys under the key that protects them.
 *
 * <p>What is sealed is magic, the protecting key's id, header, the wrapped data key, its
 * commitment, a nonce and the ciphertext (AES-256-GCM, NIST SP 800-38D). Every write has a fresh
 * data key, wrapped by the protecting key. All that precedes the nonce is associated data, so no
 * byte can change, and nothing can take its place, unnoticed. Thread-safe.
 */
public final class MasterSealer implements AutoCloseable {

  private static final byte[] MAGIC = "ENCLAVE\u0001".getBytes(StandardCharsets.ISO_8859_1);
  private static final String STORE = "STORE";
  private static final int COMMITMENT = 32;
  private static final int NONCE = 12;

  private final MasterKeyring masters;
  private final SecureRandom random;

  /** Takes {@code masters} over. */
  public MasterSealer(MasterKeyring masters, SecureRandom random) {
    this.masters = masters;
    this.random = random;
  }

  /** The master keys in use; closed with this. */
  public MasterKeyring masters() {
    return masters;
  }

  /** A parsed file; nothing in it is trusted before {@link MasterSealer#unseal}. */
  public record Sealed(
      String master,
      SealHeader header,
      Bytes aad,
      Bytes wrapped,
      Bytes commitment,
      Bytes nonce,
      Bytes content) {}

  /** Seals under the keyring's first master key. */
  public byte[] seal(SealHeader header, byte[] content) {
    return seal(masters.first(), header, content);
  }

  /** Seals under the master key of this id, which the keyring has. */
  public byte[] seal(String id, SealHeader header, byte[] content) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    LocalKey master = masters.find(id).orElseThrow();
    try (DataKey dataKey = DataKey.generate(random);
        SecretBytes raw = dataKey.raw();
        DataOutputStream out = new DataOutputStream(file)) {
      Bytes wrapped = master.wrap(raw);
      out.write(MAGIC);
      out.writeUTF(id);
      out.writeUTF(STORE);
      out.writeUTF(header.storeId());
      out.writeShort(wrapped.size());
      out.write(wrapped.toByteArray());
      out.write(dataKey.commitment().toByteArray());
      Bytes aad = Bytes.of(file.toByteArray());
      out.write(nonce);
      out.write(dataKey.encrypt(Bytes.of(nonce), aad, content).toByteArray());
    } catch (IOException e) {
      throw new IllegalStateException("a byte array cannot fail to be written");
    }
    return file.toByteArray();
  }

  /**
   * Takes a file apart.
   *
   * @param name what to call the file in a message
   */
  public static Sealed parse(byte[] file, Object name) throws BackendFailure {
    ByteArrayInputStream rest = new ByteArrayInputStream(file);
    try (DataInputStream in = new DataInputStream(rest)) {
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        throw damaged(name);
      }
      String master = in.readUTF();
      if (!in.readUTF().equals(STORE)) {
        throw damaged(name);
      }
      SealHeader header = new SealHeader(in.readUTF());
      byte[] wrapped = new byte[in.readUnsignedShort()];
      in.readFully(wrapped);
      byte[] commitment = new byte[COMMITMENT];
      in.readFully(commitment);
      Bytes aad = Bytes.of(Arrays.copyOf(file, file.length - rest.available()));
      byte[] nonce = new byte[NONCE];
      in.readFully(nonce);
      return new Sealed(
          master,
          header,
          aad,
          Bytes.of(wrapped),
          Bytes.of(commitment),
          Bytes.of(nonce),
          Bytes.of(in.readAllBytes()));
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(name);
    }
  }

  /** The content; the caller overwrites it if it is secret. */
  public byte[] unseal(Sealed sealed, Object name) throws BackendFailure {
    LocalKey master = masters.find(sealed.master()).orElseThrow(() -> damaged(name));
    try (SecretBytes raw = master.unwrap(sealed.wrapped());
        DataKey dataKey = DataKey.of(raw)) {
      if (!dataKey.commitment().equals(sealed.commitment())) {
        throw damaged(name);
      }
      return dataKey.decrypt(sealed.nonce(), sealed.aad(), sealed.content());
    } catch (EnclaveException e) {
      throw damaged(name);
    }
  }

  private static BackendFailure damaged(Object name) {
    return Texts.FILE_DAMAGED.permanent(FailureCode.CORRUPT, name).naming(String.valueOf(name));
  }

  @Override
  public void close() {
    masters.close();
  }
}
