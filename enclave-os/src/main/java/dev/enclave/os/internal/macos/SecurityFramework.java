package dev.enclave.os.internal.macos;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keychain by SecItemAdd, SecItemCopyMatching and SecItemDelete. Without {@code
 * kSecUseDataProtectionKeychain} they work on the file-based keychains, and add to the default one:
 * the other kind needs an entitlement that a plain java has not. Nothing is synchronised. Has never
 * run on a Mac.
 */
final class SecurityFramework implements Keychain {

  private static final String SERVICE = "dev.enclave.os";
  private static final String LABEL = "Enclave sealing key";

  private final CoreFoundation foundation;
  private final Security security;
  private final NativeLibrary foundationSymbols;
  private final NativeLibrary securitySymbols;

  private SecurityFramework(CoreFoundation foundation, Security security) {
    this.foundation = foundation;
    this.security = security;
    this.foundationSymbols = NativeLibrary.getInstance("CoreFoundation");
    this.securitySymbols = NativeLibrary.getInstance("Security");
  }

  /**
   * Loads the frameworks.
   *
   * @throws LinkageError where they, or JNA, cannot be loaded
   */
  static Keychain load() {
    return new SecurityFramework(
        Native.load("CoreFoundation", CoreFoundation.class),
        Native.load("Security", Security.class));
  }

  @Override
  public void add(String account, byte[] secret) throws OsStatusException {
    try (Memory bytes = new Memory(secret.length);
        Query query = new Query(account)) {
      bytes.write(0, secret, 0, secret.length);
      try {
        query.text("kSecAttrLabel", LABEL);
        query.data("kSecValueData", bytes);
        require(security.SecItemAdd(query.dictionary(), null));
      } finally {
        bytes.clear();
      }
    }
  }

  @Override
  public Optional<byte[]> find(String account) throws OsStatusException {
    try (Query query = new Query(account)) {
      query.constant("kSecMatchLimit", "kSecMatchLimitOne");
      query.yes("kSecReturnData");
      Optional<Pointer> data = copyMatching(query);
      if (data.isEmpty()) {
        return Optional.empty();
      }
      try {
        int length = Math.toIntExact(foundation.CFDataGetLength(data.get()));
        return Optional.of(foundation.CFDataGetBytePtr(data.get()).getByteArray(0, length));
      } finally {
        foundation.CFRelease(data.get());
      }
    }
  }

  @Override
  public boolean has(String account) throws OsStatusException {
    try (Query query = new Query(account)) {
      query.constant("kSecMatchLimit", "kSecMatchLimitOne");
      query.yes("kSecReturnAttributes");
      Optional<Pointer> attributes = copyMatching(query);
      attributes.ifPresent(foundation::CFRelease);
      return attributes.isPresent();
    }
  }

  @Override
  public void delete(String account) throws OsStatusException {
    try (Query query = new Query(account)) {
      int status = security.SecItemDelete(query.dictionary());
      if (status != OsStatusException.ITEM_NOT_FOUND) {
        require(status);
      }
    }
  }

  private Optional<Pointer> copyMatching(Query query) throws OsStatusException {
    PointerByReference result = new PointerByReference();
    int status = security.SecItemCopyMatching(query.dictionary(), result);
    if (status == OsStatusException.ITEM_NOT_FOUND) {
      return Optional.empty();
    }
    require(status);
    return Optional.ofNullable(result.getValue());
  }

  private static void require(int status) throws OsStatusException {
    if (status != 0) {
      throw new OsStatusException(status);
    }
  }

  /** A dictionary under construction, and everything made for it; all of it ends with this. */
  private final class Query implements AutoCloseable {

    private final Map<Pointer, Pointer> entries = new LinkedHashMap<>();
    private final List<Pointer> ours = new ArrayList<>();

    Query(String account) {
      constant("kSecClass", "kSecClassGenericPassword");
      text("kSecAttrService", SERVICE);
      text("kSecAttrAccount", account);
    }

    void constant(String name, String value) {
      entries.put(symbol(name), symbol(value));
    }

    void yes(String name) {
      entries.put(
          symbol(name), foundationSymbols.getGlobalVariableAddress("kCFBooleanTrue").getPointer(0));
    }

    void text(String name, String value) {
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      entries.put(
          symbol(name),
          made(
              foundation.CFStringCreateWithBytes(
                  null, utf8, utf8.length, CoreFoundation.UTF_8, (byte) 0)));
    }

    /** {@code bytes} must outlive this. */
    void data(String name, Memory bytes) {
      Pointer nobody = foundationSymbols.getGlobalVariableAddress("kCFAllocatorNull").getPointer(0);
      entries.put(
          symbol(name),
          made(foundation.CFDataCreateWithBytesNoCopy(null, bytes, bytes.size(), nobody)));
    }

    Pointer dictionary() {
      // The callbacks are structures, handed over by their address; the constants are references.
      return made(
          foundation.CFDictionaryCreate(
              null,
              entries.keySet().toArray(Pointer[]::new),
              entries.values().toArray(Pointer[]::new),
              entries.size(),
              foundationSymbols.getGlobalVariableAddress("kCFTypeDictionaryKeyCallBacks"),
              foundationSymbols.getGlobalVariableAddress("kCFTypeDictionaryValueCallBacks")));
    }

    private Pointer symbol(String name) {
      return securitySymbols.getGlobalVariableAddress(name).getPointer(0);
    }

    private Pointer made(@org.jspecify.annotations.Nullable Pointer reference) {
      if (reference == null) {
        throw new OutOfMemoryError("CoreFoundation");
      }
      ours.add(reference);
      return reference;
    }

    /** The newest first: the dictionary, which holds the others, before them. */
    @Override
    public void close() {
      for (int i = ours.size() - 1; i >= 0; i--) {
        foundation.CFRelease(ours.get(i));
      }
      ours.clear();
    }
  }
}
