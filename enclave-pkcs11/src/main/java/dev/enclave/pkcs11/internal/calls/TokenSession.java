package dev.enclave.pkcs11.internal.calls;

import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.cryptoki.Session;
import dev.enclave.spi.BackendFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A session with the handles that were found in it. Used by one thread at a time. */
public final class TokenSession {

  /** Does something with a key of the token. */
  @FunctionalInterface
  public interface Use<T> {
    T of(long handle) throws CryptokiException, BackendFailure;
  }

  private static final Set<String> NO_OBJECT =
      Set.of("CKR_OBJECT_HANDLE_INVALID", "CKR_KEY_HANDLE_INVALID");

  private final Session session;
  private final Map<String, Long> handles = new HashMap<>();

  private final Token token;
  private boolean spent;

  TokenSession(Session session, Token token) {
    this.session = session;
    this.token = token;
  }

  /** The session itself. */
  public Session session() {
    return session;
  }

  /** Has it end with this use, and with it the objects of the session that are made in it. */
  public Session spend() {
    spent = true;
    return session;
  }

  boolean spent() {
    return spent;
  }

  /** All objects with these attributes, private ones too. */
  public List<Long> find(Attributes template) throws CryptokiException, BackendFailure {
    List<Long> found = session.find(template);
    if (found.isEmpty()) {
      token.requireLoggedIn(session);
      found = session.find(template);
    }
    return found;
  }

  /** What is known of an object; nothing if it was destroyed meanwhile. */
  public Optional<Attributes> attributes(long object, long... types) throws CryptokiException {
    try {
      return Optional.of(session.attributes(object, types));
    } catch (CryptokiException e) {
      if (NO_OBJECT.contains(e.name())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Destroys all objects with these attributes that are still there. */
  public void destroy(Attributes template) throws CryptokiException, BackendFailure {
    for (long handle : find(template)) {
      try {
        session.destroyObject(handle);
      } catch (CryptokiException e) {
        if (!NO_OBJECT.contains(e.name())) {
          throw e;
        }
      }
    }
  }

  /**
   * Uses a key by the handle that was found before in this session. A handle may have become
   * another object's when the key was destroyed: the engine verifies signatures, and what was
   * wrapped is opened once.
   *
   * @param name of the key, for its handle
   * @return nothing if there is no such key
   */
  public <T> Optional<T> use(String name, Attributes key, Use<T> use)
      throws CryptokiException, BackendFailure {
    Long known = handles.get(name);
    if (known != null) {
      try {
        return Optional.of(use.of(known));
      } catch (CryptokiException e) {
        if (!NO_OBJECT.contains(e.name())) {
          throw e;
        }
        handles.remove(name);
      }
    }
    List<Long> found = find(key);
    if (found.size() != 1) {
      return Optional.empty();
    }
    handles.put(name, found.get(0));
    return Optional.of(use.of(found.get(0)));
  }
}
