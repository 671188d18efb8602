package dev.enclave.pkcs11.campaign;

import dev.enclave.Bytes;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
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
import java.security.interfaces.ECPrivateKey;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A token as its user sees it without Enclave. */
record TokenAccount(CryptokiModule module, Session session) implements CloudAccount {

  /** The label and the id of a key that is taken in. */
  private static final String KNOWN = "known";

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
      for (long handle : session.find(documents())) {
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

  /** In the clear, as no Enclave does it: SoftHSM takes such a key. */
  @Override
  public String importP256(KeyPair pair) {
    String scalar = String.format(Locale.ROOT, "%064x", ((ECPrivateKey) pair.getPrivate()).getS());
    Bytes point =
        PublicKeyInfo.fromSpki(pair.getPublic().getEncoded(), SigningAlgorithm.ECDSA_P256_SHA256)
            .uncompressedPoint();
    try {
      session.createObject(
          half(Ck.CKO_PRIVATE_KEY)
              .with(Ck.CKA_PRIVATE, true)
              .with(Ck.CKA_SENSITIVE, true)
              .with(Ck.CKA_EXTRACTABLE, false)
              .with(Ck.CKA_SIGN, true)
              .with(Ck.CKA_VALUE, Bytes.ofHex(scalar).toByteArray()));
      session.createObject(
          half(Ck.CKO_PUBLIC_KEY)
              .with(Ck.CKA_VERIFY, true)
              .with(Ck.CKA_EC_POINT, Bytes.ofHex("0441" + point.toHex()).toByteArray()));
    } catch (CryptokiException e) {
      throw new AssertionError(e);
    }
    return "pkcs11:object=" + KNOWN;
  }

  private static Attributes half(long kind) {
    return new Attributes()
        .with(Ck.CKA_CLASS, kind)
        .with(Ck.CKA_TOKEN, true)
        .with(Ck.CKA_KEY_TYPE, Ck.CKK_EC)
        .with(Ck.CKA_LABEL, KNOWN)
        .with(Ck.CKA_ID, KNOWN.getBytes(StandardCharsets.UTF_8))
        .with(Ck.CKA_EC_PARAMS, Bytes.ofHex("06082a8648ce3d030107").toByteArray());
  }

  /** Destroys the document of a key. */
  void unlabel(String name) {
    try {
      for (long handle : session.find(documents().with(Ck.CKA_LABEL, name))) {
        session.destroyObject(handle);
      }
    } catch (CryptokiException e) {
      throw new AssertionError(e);
    }
  }

  private static Attributes documents() {
    return new Attributes().with(Ck.CKA_CLASS, Ck.CKO_DATA).with(Ck.CKA_APPLICATION, "enclave");
  }

  @Override
  public void close() {
    session.close();
    module.close();
  }
}
