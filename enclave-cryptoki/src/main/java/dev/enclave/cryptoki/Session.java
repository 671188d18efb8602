package dev.enclave.cryptoki;

import com.sun.jna.Memory;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session with a token, used by one thread at a time. A login is not the session's but the
 * process's. Handles of objects hold while a session is open. Native memory is cleared when a call
 * has ended; arrays that are given or returned are the caller's.
 *
 * <p>A method throws {@link CryptokiException} if a function does not return CKR_OK. An operation
 * may be active in the session then: close it, unless the return value is one of wrong arguments.
 */
public final class Session implements AutoCloseable {

  // Enough for most outputs, and more than a cipher adds; a module asks for more.
  private static final int MOST_OUTPUT = 1024;
  private static final int MOST_ADDED = 64;
  private static final long FOUND_AT_ONCE = 64;

  private final CryptokiModule module;
  private final long generation;
  private final long handle;

  /** Handles of a pair of keys. */
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
   * Logs in, for all sessions of this process with the token (C_Login), as CKU_ of {@link Ck} with
   * a PIN in UTF-8, or nothing where the token asks for it (CKF_PROTECTED_AUTHENTICATION_PATH).
   */
  public void login(long user, byte[] pin) throws CryptokiException {
    call("C_Login", user, pin.length == 0 ? new Object[] {null, 0L} : pin);
  }

  /** Returns the handles of all objects with these attributes (C_FindObjects, Init and Final). */
  public List<Long> find(Attributes template) throws CryptokiException {
    call("C_FindObjectsInit", template);
    try (Frame frame = new Frame()) {
      Memory handles = frame.allocate(FOUND_AT_ONCE * Layout.HERE.ulong());
      Memory count = frame.ulong(0);
      List<Long> all = new ArrayList<>();
      do {
        call("C_FindObjects", handles, FOUND_AT_ONCE, count);
        all.addAll(Frame.read(handles, count));
      } while (Frame.read(count) > 0);
      return all;
    } finally {
      invoke("C_FindObjectsFinal");
    }
  }

  /** Reads attributes of an object (C_GetAttributeValue): the lengths, and then the values. */
  public Attributes attributes(long object, long... types) throws CryptokiException {
    Attributes values = new Attributes();
    @Nullable Memory[] places = new Memory[types.length];
    try (Frame frame = new Frame()) {
      for (boolean hasPlaces : new boolean[] {false, true}) {
        ByteArrayOutputStream structures = new ByteArrayOutputStream();
        for (int i = 0; i < types.length; i++) {
          Memory place = places[i];
          long size = place == null ? 0 : place.size();
          structures.writeBytes(Layout.HERE.structure(frame::address, types[i], place, size));
        }
        Memory template = frame.copy(structures.toByteArray());
        long code = invoke("C_GetAttributeValue", object, template, (long) types.length);
        if (code != Ck.CKR_ATTRIBUTE_SENSITIVE && code != Ck.CKR_ATTRIBUTE_TYPE_INVALID) {
          CryptokiModule.require("C_GetAttributeValue", code);
        }
        for (int i = 0; i < types.length; i++) {
          // The last field of a structure: -1 of what is sensitive or not there.
          long end = structures.size() / types.length * (i + 1L);
          long length = Frame.read(template.share(end - Layout.HERE.ulong()));
          Memory place = places[i];
          if (place != null && length >= 0) {
            values.with(types[i], place.getByteArray(0, (int) length));
          } else if (!hasPlaces && length >= 0) {
            places[i] = frame.allocate(length);
          }
        }
      }
    }
    return values;
  }

  /** Changes attributes of an object (C_SetAttributeValue). */
  public void setAttributes(long object, Attributes template) throws CryptokiException {
    call("C_SetAttributeValue", object, template);
  }

  /** Makes an object of its attributes, and returns its handle (C_CreateObject). */
  public long createObject(Attributes template) throws CryptokiException {
    return made("C_CreateObject", template);
  }

  /** Destroys an object (C_DestroyObject). */
  public void destroyObject(long object) throws CryptokiException {
    call("C_DestroyObject", object);
  }

  /** Makes a secret key, and returns its handle (C_GenerateKey). */
  public long generateKey(Mechanism mechanism, Attributes template) throws CryptokiException {
    return made("C_GenerateKey", mechanism, template);
  }

  /** Makes a pair of keys (C_GenerateKeyPair). */
  public KeyPair generateKeyPair(
      Mechanism mechanism, Attributes publicTemplate, Attributes privateTemplate)
      throws CryptokiException {
    try (Frame frame = new Frame()) {
      Memory publicKey = frame.ulong(0);
      Memory privateKey = frame.ulong(0);
      Object[] templates = {publicTemplate, privateTemplate};
      call("C_GenerateKeyPair", mechanism, templates, publicKey, privateKey);
      return new KeyPair(Frame.read(publicKey), Frame.read(privateKey));
    }
  }

  /**
   * Signs what the mechanism takes: a message, a digest, or for CKM_RSA_PKCS a DigestInfo
   * (C_SignInit, C_Sign). CKM_ECDSA gives r and s, of equal length.
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

  /** Makes a key that was encrypted under another one, and returns its handle (C_UnwrapKey). */
  public long unwrapKey(
      Mechanism mechanism, long unwrappingKey, byte[] wrappedKey, Attributes template)
      throws CryptokiException {
    return made("C_UnwrapKey", mechanism, unwrappingKey, wrappedKey, template);
  }

  /** Returns random bytes of the token (C_GenerateRandom). */
  public byte[] random(int length) throws CryptokiException {
    try (Frame frame = new Frame()) {
      Memory bytes = frame.allocate(length);
      call("C_GenerateRandom", bytes, (long) length);
      return bytes.getByteArray(0, length);
    }
  }

  /**
   * Closes the session, with the objects that are its own, unless it has ended (C_CloseSession).
   */
  @Override
  public void close() {
    invoke("C_CloseSession");
  }

  /** One call where the memory suffices, two where the module wants more. */
  private byte[] output(String function, int most, Object... inputs) throws CryptokiException {
    try (Frame frame = new Frame()) {
      long length = Math.max(most, MOST_OUTPUT);
      while (true) {
        Memory output = frame.allocate(length);
        Memory given = frame.ulong(length);
        long code = invoke(function, inputs, output, given);
        if (code != Ck.CKR_BUFFER_TOO_SMALL || Frame.read(given) <= length) {
          CryptokiModule.require(function, code);
          return output.getByteArray(0, (int) Frame.read(given));
        }
        length = Frame.read(given);
      }
    }
  }

  private long made(String function, Object... values) throws CryptokiException {
    return module.made(generation, function, handle, values);
  }

  private long invoke(String function, @Nullable Object... values) {
    return module.invoke(generation, function, handle, values);
  }

  private void call(String function, @Nullable Object... values) throws CryptokiException {
    CryptokiModule.require(function, invoke(function, values));
  }
}
