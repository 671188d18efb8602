package dev.enclave.cryptoki;

import com.sun.jna.Memory;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A session with a token. Used by one thread at a time, since a function goes on with what the one
 * before it began. A login is not the session's but the process's, with the token.
 *
 * <p>Objects are named by handles, which hold while the session is open. Native memory is cleared
 * when a call has ended; arrays that are given or returned are the caller's.
 *
 * <p>Each method throws {@link CryptokiException} if a function does not return CKR_OK. An
 * operation may be active in the session then: close it, unless the return value is one of wrong
 * arguments.
 */
public final class Session implements AutoCloseable {

  /** Enough for most outputs; a module asks for more. */
  private static final int MOST_OUTPUT = 1024;

  /** More than a cipher or a padding adds. */
  private static final int MOST_ADDED = 64;

  private static final int FOUND_AT_ONCE = 64;

  private final CryptokiModule module;
  private final long generation;
  private final long handle;

  /**
   * Handles of a pair of keys.
   *
   * @param publicKey the public key's
   * @param privateKey the private key's
   */
  public record KeyPair(long publicKey, long privateKey) {}

  Session(CryptokiModule module, long generation, long handle) {
    this.module = module;
    this.generation = generation;
    this.handle = handle;
  }

  /** Returns the {@link CryptokiModule#generation()} in which this was opened. */
  public long generation() {
    return generation;
  }

  /**
   * Logs in, for all sessions of this process with the token (C_Login).
   *
   * @param user CKU_ of {@link Ck}
   * @param pin the PIN in UTF-8; null where the token asks for it itself
   *     (CKF_PROTECTED_AUTHENTICATION_PATH)
   */
  public void login(long user, byte @Nullable [] pin) throws CryptokiException {
    if (pin == null) {
      call("C_Login", user, null, 0L);
    } else {
      call("C_Login", user, pin);
    }
  }

  /** Logs out, for all sessions of this process with the token (C_Logout). */
  public void logout() throws CryptokiException {
    call("C_Logout");
  }

  /**
   * Returns the handles of all objects that have these attributes (C_FindObjectsInit,
   * C_FindObjects, C_FindObjectsFinal). Private objects are found after a login alone.
   */
  public List<Long> find(Template template) throws CryptokiException {
    call("C_FindObjectsInit", template);
    try (Frame frame = frame()) {
      Memory handles = frame.allocate((long) FOUND_AT_ONCE * module.layout.ulong());
      Memory count = frame.ulong(0);
      List<Long> all = new ArrayList<>();
      do {
        call("C_FindObjects", handles, (long) FOUND_AT_ONCE, count);
        all.addAll(module.ulongs(handles, module.ulong(count)));
      } while (module.ulong(count) > 0);
      return all;
    } finally {
      invoke("C_FindObjectsFinal");
    }
  }

  /**
   * Reads attributes of an object (C_GetAttributeValue, for the lengths and then for the values).
   *
   * @param types CKA_ of {@link Ck}, or a vendor's
   */
  public Attributes attributes(long object, long... types) throws CryptokiException {
    @Nullable Memory[] places = new Memory[types.length];
    long[] lengths = new long[types.length];
    Map<Long, byte[]> values = new HashMap<>();
    try (Frame frame = frame()) {
      read(frame, object, types, places, lengths);
      for (int i = 0; i < types.length; i++) {
        places[i] = lengths[i] < 0 ? null : frame.allocate(lengths[i]);
      }
      read(frame, object, types, places, lengths);
      for (int i = 0; i < types.length; i++) {
        Memory place = places[i];
        if (place != null && lengths[i] >= 0) {
          values.put(types[i], place.getByteArray(0, Math.toIntExact(lengths[i])));
        }
      }
    }
    return new Attributes(values, module.layout);
  }

  /** Fills the places, and sets the lengths: -1 for an attribute that is sensitive or not there. */
  private void read(
      Frame frame, long object, long[] types, @Nullable Memory[] places, long[] lengths)
      throws CryptokiException {
    ByteArrayOutputStream structures = new ByteArrayOutputStream();
    for (int i = 0; i < types.length; i++) {
      long length = Math.max(0, lengths[i]);
      structures.writeBytes(module.layout.structure(frame::place, types[i], places[i], length));
    }
    Memory template = frame.copy(structures.toByteArray());
    long code = invoke("C_GetAttributeValue", object, template, (long) types.length);
    if (code != Ck.CKR_ATTRIBUTE_SENSITIVE && code != Ck.CKR_ATTRIBUTE_TYPE_INVALID) {
      CryptokiModule.require("C_GetAttributeValue", code);
    }
    for (int i = 0; i < types.length; i++) {
      int size = structures.size() / types.length;
      Layout.Reader in = module.layout.reader(template.getByteArray((long) i * size, size));
      in.ulong();
      in.pointer();
      lengths[i] = in.ulong();
    }
  }

  /** Changes attributes of an object (C_SetAttributeValue). */
  public void setAttributes(long object, Template template) throws CryptokiException {
    call("C_SetAttributeValue", object, template);
  }

  /** Makes an object of its attributes, and returns its handle (C_CreateObject). */
  public long createObject(Template template) throws CryptokiException {
    return handleFrom("C_CreateObject", template);
  }

  /** Destroys an object (C_DestroyObject). */
  public void destroyObject(long object) throws CryptokiException {
    call("C_DestroyObject", object);
  }

  /** Makes a secret key, and returns its handle (C_GenerateKey). */
  public long generateKey(Mechanism mechanism, Template template) throws CryptokiException {
    return handleFrom("C_GenerateKey", mechanism, template);
  }

  /** Makes a pair of keys (C_GenerateKeyPair). */
  public KeyPair generateKeyPair(
      Mechanism mechanism, Template publicTemplate, Template privateTemplate)
      throws CryptokiException {
    try (Frame frame = frame()) {
      Memory publicKey = frame.ulong(0);
      Memory privateKey = frame.ulong(0);
      call("C_GenerateKeyPair", mechanism, publicTemplate, privateTemplate, publicKey, privateKey);
      return new KeyPair(module.ulong(publicKey), module.ulong(privateKey));
    }
  }

  /**
   * Signs (C_SignInit, C_Sign).
   *
   * @param data what the mechanism takes: a message, a digest, or for CKM_RSA_PKCS a DigestInfo
   * @return what the mechanism gives: of ECDSA r and s of equal length, one after the other
   */
  public byte[] sign(Mechanism mechanism, long key, byte[] data) throws CryptokiException {
    call("C_SignInit", mechanism, key);
    return output("C_Sign", 0, data);
  }

  /** Encrypts (C_EncryptInit, C_Encrypt). CKM_AES_GCM puts the tag behind the ciphertext. */
  public byte[] encrypt(Mechanism mechanism, long key, byte[] plaintext) throws CryptokiException {
    call("C_EncryptInit", mechanism, key);
    return output("C_Encrypt", plaintext.length + MOST_ADDED, plaintext);
  }

  /** Decrypts (C_DecryptInit, C_Decrypt). */
  public byte[] decrypt(Mechanism mechanism, long key, byte[] ciphertext) throws CryptokiException {
    call("C_DecryptInit", mechanism, key);
    return output("C_Decrypt", ciphertext.length, ciphertext);
  }

  /** Returns a key encrypted under another one (C_WrapKey). */
  public byte[] wrapKey(Mechanism mechanism, long wrappingKey, long key) throws CryptokiException {
    return output("C_WrapKey", 0, mechanism, wrappingKey, key);
  }

  /** Makes a key that was encrypted under another one, and returns its handle (C_UnwrapKey). */
  public long unwrapKey(
      Mechanism mechanism, long unwrappingKey, byte[] wrappedKey, Template template)
      throws CryptokiException {
    return handleFrom("C_UnwrapKey", mechanism, unwrappingKey, wrappedKey, template);
  }

  /** Returns random bytes of the token (C_GenerateRandom). */
  public byte[] random(int length) throws CryptokiException {
    try (Frame frame = frame()) {
      Memory bytes = frame.allocate(length);
      call("C_GenerateRandom", bytes, (long) length);
      return bytes.getByteArray(0, length);
    }
  }

  /**
   * Closes the session, with the objects that are its own (C_CloseSession). One that has ended,
   * with its token or its module, is left as it is.
   */
  @Override
  public void close() {
    invoke("C_CloseSession");
  }

  /** One call where the memory suffices, two where the module wants more. */
  private byte[] output(String function, int most, Object... inputs) throws CryptokiException {
    int length = Math.max(most, MOST_OUTPUT);
    while (true) {
      try (Frame frame = frame()) {
        Memory output = frame.allocate(length);
        Memory given = frame.ulong(length);
        long code = invoke(function, with(inputs, output, given));
        int wanted = (int) module.ulong(given);
        if (code == Ck.CKR_BUFFER_TOO_SMALL && wanted > length) {
          length = wanted;
          continue;
        }
        CryptokiModule.require(function, code);
        return output.getByteArray(0, wanted);
      }
    }
  }

  private long handleFrom(String function, Object... inputs) throws CryptokiException {
    try (Frame frame = frame()) {
      Memory made = frame.ulong(0);
      call(function, with(inputs, made));
      return module.ulong(made);
    }
  }

  private long invoke(String function, @Nullable Object... values) {
    return module.invoke(generation, function, with(new Object[] {handle}, values));
  }

  private void call(String function, @Nullable Object... values) throws CryptokiException {
    CryptokiModule.require(function, invoke(function, values));
  }

  private Frame frame() {
    return new Frame(module.layout);
  }

  private static @Nullable Object[] with(@Nullable Object[] values, @Nullable Object... more) {
    return Stream.concat(Arrays.stream(values), Arrays.stream(more)).toArray();
  }
}
