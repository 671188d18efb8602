package dev.enclave.pkcs11.campaign;

import dev.enclave.Bytes;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.cryptoki.Session;
import dev.enclave.kit.document.KeyDocument;
import dev.enclave.kit.json.Json;
import dev.enclave.pkcs11.internal.settings.Pkcs11Uri;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A token as its user sees it without Enclave. */
record TokenAccount(CryptokiModule module, Session session) implements CloudAccount {

  static TokenAccount of(Path library, String label, String pin) {
    try {
      CryptokiModule module = CryptokiModule.open(library);
      for (long slot : module.slots(true)) {
        if (module.tokenInfo(slot).label().equals(label)) {
          Session session = module.openSession(slot, true);
          logIn(session, pin);
          return new TokenAccount(module, session);
        }
      }
      throw new AssertionError("no token is called " + label);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void logIn(Session session, String pin) throws CryptokiException {
    try {
      session.login(Ck.CKU_USER, pin.getBytes(StandardCharsets.UTF_8));
    } catch (CryptokiException e) {
      if (!e.name().equals("CKR_USER_ALREADY_LOGGED_IN")) {
        throw e;
      }
    }
  }

  private Map<String, Attributes> privateKeys() {
    Map<String, Attributes> all = new TreeMap<>();
    try {
      for (long kind : new long[] {Ck.CKO_PRIVATE_KEY, Ck.CKO_SECRET_KEY}) {
        long use = kind == Ck.CKO_PRIVATE_KEY ? Ck.CKA_SIGN : Ck.CKA_ENCRYPT;
        for (long handle : session.find(new Attributes().with(Ck.CKA_CLASS, kind))) {
          Attributes key = session.attributes(handle, Ck.CKA_LABEL, Ck.CKA_ID, use);
          byte[] id = key.bytes(Ck.CKA_ID).orElse(new byte[0]);
          byte[] label = key.bytes(Ck.CKA_LABEL).orElse(new byte[0]);
          all.put(Pkcs11Uri.ofKey(label, id), key);
        }
      }
      return all;
    } catch (CryptokiException e) {
      throw new AssertionError(e);
    }
  }

  /** By the last revision of each document. */
  @Override
  public Map<String, Set<String>> claimed() {
    Map<String, KeyDocument> last = new TreeMap<>();
    try {
      Attributes documents =
          new Attributes().with(Ck.CKA_CLASS, Ck.CKO_DATA).with(Ck.CKA_APPLICATION, "enclave");
      for (long handle : session.find(documents)) {
        Attributes told = session.attributes(handle, Ck.CKA_LABEL, Ck.CKA_VALUE);
        Map<String, Object> data = told.bytes(Ck.CKA_VALUE).flatMap(Json::object).orElseThrow();
        last.merge(
            told.text(Ck.CKA_LABEL).orElseThrow(),
            new KeyDocument(data, KeyDocument.revisionIn(data)),
            (one, other) -> one.revision() > other.revision() ? one : other);
      }
    } catch (CryptokiException e) {
      throw new AssertionError(e);
    }
    Map<String, Set<String>> claimed = new TreeMap<>();
    last.forEach(
        (name, document) ->
            claimed.put(
                name,
                document.versions().stream()
                    .map(version -> Bytes.ofHex(version.privateKey()).toByteArray())
                    .map(id -> Pkcs11Uri.ofKey(name.getBytes(StandardCharsets.UTF_8), id))
                    .collect(Collectors.toSet())));
    return claimed;
  }

  @Override
  public Map<String, State> keys() {
    Map<String, State> keys = new TreeMap<>();
    privateKeys()
        .forEach(
            (uri, key) -> {
              boolean on =
                  key.bool(Ck.CKA_SIGN).orElse(false) || key.bool(Ck.CKA_ENCRYPT).orElse(false);
              keys.put(uri, on ? State.LIVE : State.RETIRED);
            });
    return keys;
  }

  @Override
  public String importP256(KeyPair pair) {
    throw new UnsupportedOperationException("the campaigns of a token take no keys in");
  }

  @Override
  public void close() {
    session.close();
    module.close();
  }
}
