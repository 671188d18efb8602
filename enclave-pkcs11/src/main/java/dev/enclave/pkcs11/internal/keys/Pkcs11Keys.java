package dev.enclave.pkcs11.internal.keys;

import dev.enclave.Assurance;
import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.PublicKeyInfo;
import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.cryptoki.Mechanism;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.document.DocumentedKeys;
import dev.enclave.kit.document.KeyDocument;
import dev.enclave.kit.document.KeyDocument.Made;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.key.ForeignKeys;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.pkcs11.internal.calls.Token;
import dev.enclave.pkcs11.internal.calls.TokenSession;
import dev.enclave.pkcs11.internal.settings.Pkcs11Uri;
import dev.enclave.pkcs11.internal.texts.Texts;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Keys in a token, each with a document in a data object (docs/adr/0091-pkcs11.md). A data object
 * is never changed: the next revision is made beside it, and then it is destroyed; the highest
 * counts. Who writes holds the lock of the token. Thread-safe.
 */
public final class Pkcs11Keys extends DocumentedKeys implements ForeignKeys {

  private static final String APPLICATION = "enclave";
  private static final int AES_BYTES = 32;

  private static final long[] KINDS = {Ck.CKO_PRIVATE_KEY, Ck.CKO_SECRET_KEY};
  private static final long[] ALL_KINDS = {
    Ck.CKO_PRIVATE_KEY, Ck.CKO_SECRET_KEY, Ck.CKO_PUBLIC_KEY
  };

  private final Token token;
  private final TokenScheme scheme;

  /** Of a token; asks it what it does. */
  public Pkcs11Keys(Token token, CallContext call) throws BackendFailure {
    super(Token.REFUSALS, false);
    this.token = token;
    this.scheme = TokenScheme.of(token, call);
  }

  /** What the token does. */
  public List<AlgorithmSupport> supported() {
    return scheme.supported();
  }

  /** Whether it wraps data keys. */
  public boolean wraps() {
    return scheme.wraps();
  }

  Token token() {
    return token;
  }

  TokenScheme scheme() {
    return scheme;
  }

  @Override
  public void requireOffered(KeyAlgorithm algorithm) throws BackendFailure {
    scheme.support(algorithm);
  }

  @Override
  public BackendFailure noKey(KeyName name) {
    return refusals()
        .noKey(name, Texts.NO_DOCUMENT.with(document(name)), Texts.NAME_AND_TOKEN.with())
        .naming(document(name));
  }

  // Documents

  @Override
  protected String document(KeyName name) {
    return Texts.DOCUMENT.with(name);
  }

  private static Attributes documents() {
    return new Attributes()
        .with(Ck.CKA_CLASS, Ck.CKO_DATA)
        .with(Ck.CKA_TOKEN, true)
        .with(Ck.CKA_APPLICATION, APPLICATION);
  }

  /** What lies under a name, by the handles. */
  private Map<Long, KeyDocument> revisions(TokenSession session, KeyName name)
      throws CryptokiException, BackendFailure {
    Map<Long, KeyDocument> all = new HashMap<>();
    for (long handle : session.find(documents().with(Ck.CKA_LABEL, name.value()))) {
      Optional<Attributes> told = session.attributes(handle, Ck.CKA_VALUE);
      if (told.isPresent()) {
        Map<String, Object> data =
            told.get()
                .bytes(Ck.CKA_VALUE)
                .flatMap(Json::object)
                .orElseThrow(() -> refusals().wrongAnswer(Texts.NOT_JSON.with(document(name))));
        all.put(handle, new KeyDocument(data, KeyDocument.revisionIn(data)));
      }
    }
    return all;
  }

  private static Optional<KeyDocument> last(Map<Long, KeyDocument> revisions) {
    return revisions.values().stream()
        .max((one, other) -> Long.compare(one.revision(), other.revision()));
  }

  @Override
  protected Optional<KeyDocument> find(KeyName name, CallContext call) throws BackendFailure {
    return token.run(
        request("C_FindObjects", false, document(name)),
        call,
        session -> {
          Optional<KeyDocument> found = last(revisions(session, name));
          // Once more: between the search and the reading another revision may have come.
          return found.isPresent() ? found : last(revisions(session, name));
        });
  }

  @Override
  protected Optional<KeyDocument> replace(KeyName name, KeyDocument next, CallContext call)
      throws BackendFailure {
    // A revision never comes back: whoever has lost need not wait for the lock to be told.
    if (find(name, call).filter(it -> it.revision() > next.revision()).isPresent()) {
      return Optional.empty();
    }
    return token.change(
        request("C_CreateObject", true, document(name)),
        call,
        session -> {
          Map<Long, KeyDocument> before = revisions(session, name);
          if (last(before).map(KeyDocument::revision).orElse(0L) != next.revision()) {
            return Optional.empty();
          }
          session
              .session()
              .createObject(
                  documents()
                      .with(Ck.CKA_PRIVATE, true)
                      .with(Ck.CKA_LABEL, name.value())
                      .with(Ck.CKA_VALUE, Json.write(next.data())));
          for (long older : before.keySet()) {
            session.session().destroyObject(older);
          }
          return Optional.of(new KeyDocument(next.data(), next.revision() + 1));
        });
  }

  @Override
  protected Set<String> documents(CallContext call) throws BackendFailure {
    return labels(List.of(documents()), false, call);
  }

  @Override
  protected Set<String> named(CallContext call) throws BackendFailure {
    return labels(
        List.of(TokenKey.ofClass(Ck.CKO_PRIVATE_KEY), TokenKey.ofClass(Ck.CKO_SECRET_KEY)),
        true,
        call);
  }

  private Set<String> labels(List<Attributes> of, boolean keys, CallContext call)
      throws BackendFailure {
    return token.run(
        request("C_FindObjects", false, token.authority()),
        call,
        session -> {
          Set<String> labels = new TreeSet<>();
          for (Attributes template : of) {
            for (long handle : session.find(template)) {
              session
                  .attributes(handle, Ck.CKA_LABEL, Ck.CKA_ID)
                  .filter(it -> !keys || isOurs(it))
                  .flatMap(it -> it.text(Ck.CKA_LABEL))
                  .ifPresent(labels::add);
            }
          }
          return labels;
        });
  }

  private static boolean isOurs(Attributes key) {
    String label = key.text(Ck.CKA_LABEL).orElse("");
    return key.bytes(Ck.CKA_ID).filter(id -> KeyId.isOf(label, id)).isPresent();
  }

  // Private keys

  @Override
  protected boolean isOf(KeyName name, String privateKey) {
    return KeyId.parse(privateKey).filter(id -> KeyId.isOf(name.value(), id)).isPresent();
  }

  @Override
  protected String uri(KeyName name, String privateKey) {
    return Pkcs11Uri.ofKey(
        name.value().getBytes(StandardCharsets.UTF_8), KeyId.parse(privateKey).orElseThrow());
  }

  private static PrivateHalf half(TokenKey key) {
    byte[] id = key.id().toByteArray();
    Made made =
        new Made(
            isOf(key) ? KeyId.time(id) : Instant.EPOCH,
            key.spki().map(Bytes::toByteArray).map(Base64.getEncoder()::encodeToString).orElse(""));
    return new PrivateHalf(
        KeyId.text(id), Optional.of(made), key.material(), key.origin(), !key.kept(), key);
  }

  private static boolean isOf(TokenKey key) {
    return KeyId.isOf(key.label(), key.id().toByteArray());
  }

  /** All private and secret keys with these attributes. */
  private static List<TokenKey> keys(TokenSession session, Pkcs11Uri uri)
      throws CryptokiException, BackendFailure {
    List<TokenKey> keys = new ArrayList<>();
    for (long kind : KINDS) {
      Attributes template = TokenKey.ofClass(kind);
      uri.octets(Pkcs11Uri.ID).ifPresent(id -> template.with(Ck.CKA_ID, id));
      uri.octets(Pkcs11Uri.OBJECT).ifPresent(label -> template.with(Ck.CKA_LABEL, label));
      for (long handle : session.find(template)) {
        TokenKey.read(session, kind, handle).ifPresent(keys::add);
      }
    }
    return keys;
  }

  private static Pkcs11Uri parsed(String uri) {
    return Pkcs11Uri.parse(uri).orElseThrow();
  }

  private static Pkcs11Uri labelled(KeyName name) {
    return parsed(Pkcs11Uri.ofKey(name.value().getBytes(StandardCharsets.UTF_8), new byte[0]));
  }

  /** Fails for a name that no CKA_LABEL holds. */
  void requireLabel(KeyName name) throws BackendFailure {
    int longest = token.settings().longestLabel();
    if (name.value().length() > longest) {
      throw Texts.LABEL_TOO_LONG.permanent(
          FailureCode.LIMIT_EXCEEDED, name, name.value().length(), longest);
    }
  }

  /** Under the lock: of two who repeat an operation at once the second finds the first one's. */
  @Override
  protected PrivateHalf make(
      KeyName name, String operationId, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    requireLabel(name);
    String what = algorithm.asymmetric() ? "C_GenerateKeyPair" : "C_GenerateKey";
    TokenKey made =
        token.change(
            request(what, true, name.value()),
            call,
            session -> {
              Optional<TokenKey> there = made(session, name, operationId);
              if (there.isEmpty()) {
                generate(session, name, KeyId.of(name, operationId, call.time().now()), algorithm);
                there = made(session, name, operationId);
              } else if (!there.get().on()) {
                // Somebody took an earlier attempt's for a leftover, and went no further.
                turn(session, there.get().id().toByteArray(), true);
                there = made(session, name, operationId);
              }
              return there.orElseThrow(() -> refusals().notSeenYet(name.value()));
            });
    return half(name, made, KeyOrigin.GENERATED, algorithm);
  }

  private PrivateHalf half(KeyName name, TokenKey made, KeyOrigin origin, KeyAlgorithm algorithm)
      throws BackendFailure {
    if (!made.kept() || made.origin() != origin || !choices(made).contains(algorithm)) {
      String uri = uri(name, made.id().toHex());
      throw Texts.OTHER_THAN_ASKED.permanent(FailureCode.CORRUPT, uri, algorithm).naming(uri);
    }
    return half(made);
  }

  /** Enters a private key that came from outside as the next version, unless it is one. */
  ServiceKey enterImported(
      KeyName name, TokenKey made, KeyAlgorithm algorithm, String operation, CallContext call)
      throws BackendFailure {
    return enter(name, half(name, made, KeyOrigin.IMPORTED, algorithm), operation, call);
  }

  /** The private or secret key that an operation has made. */
  static Optional<TokenKey> made(TokenSession session, KeyName name, String operation)
      throws CryptokiException, BackendFailure {
    return keys(session, labelled(name)).stream()
        .filter(key -> KeyId.isOf(name, operation, key.id().toByteArray()))
        .findFirst();
  }

  /** Makes a key that nobody can read, in the token. */
  void generate(TokenSession session, KeyName name, byte[] id, KeyAlgorithm algorithm)
      throws CryptokiException {
    Mechanism mechanism = Mechanism.of(TokenScheme.generation(algorithm));
    Attributes secret = secret(name, id);
    if (algorithm.asymmetric()) {
      session
          .session()
          .generateKeyPair(
              mechanism,
              named(scheme.publicTemplate(algorithm), name, id),
              secret.with(Ck.CKA_SIGN, true));
    } else {
      session
          .session()
          .generateKey(
              mechanism,
              secret
                  .with(Ck.CKA_VALUE_LEN, (long) AES_BYTES)
                  .with(Ck.CKA_ENCRYPT, true)
                  .with(Ck.CKA_DECRYPT, true));
    }
  }

  /** What is to be a private or secret key that nobody can read. */
  static Attributes secret(KeyName name, byte[] id) {
    return named(new Attributes(), name, id)
        .with(Ck.CKA_PRIVATE, true)
        .with(Ck.CKA_SENSITIVE, true)
        .with(Ck.CKA_EXTRACTABLE, false);
  }

  static Attributes named(Attributes template, KeyName name, byte[] id) {
    return template.with(Ck.CKA_TOKEN, true).with(Ck.CKA_LABEL, name.value()).with(Ck.CKA_ID, id);
  }

  @Override
  protected Optional<PrivateHalf> look(String privateKey, CallContext call) throws BackendFailure {
    byte[] id = KeyId.parse(privateKey).orElseThrow();
    Pkcs11Uri uri = parsed(Pkcs11Uri.ofKey(new byte[0], id));
    return token
        .run(request("C_GetAttributeValue", false, privateKey), call, session -> keys(session, uri))
        .stream()
        .map(Pkcs11Keys::half)
        .findFirst();
  }

  @Override
  protected List<PrivateHalf> called(KeyName name, CallContext call) throws BackendFailure {
    return token
        .run(
            request("C_FindObjects", false, name.value()),
            call,
            session -> keys(session, labelled(name)))
        .stream()
        .filter(Pkcs11Keys::isOf)
        .map(Pkcs11Keys::half)
        .toList();
  }

  @Override
  protected void turn(String privateKey, boolean on, CallContext call) throws BackendFailure {
    byte[] id = KeyId.parse(privateKey).orElseThrow();
    token.run(
        request("C_SetAttributeValue", true, privateKey),
        call,
        session -> {
          turn(session, id, on);
          return id;
        });
  }

  private static void turn(TokenSession session, byte[] id, boolean on)
      throws CryptokiException, BackendFailure {
    for (long handle : session.find(TokenKey.ofClass(Ck.CKO_PRIVATE_KEY).with(Ck.CKA_ID, id))) {
      session.session().setAttributes(handle, new Attributes().with(Ck.CKA_SIGN, on));
    }
    for (long handle : session.find(TokenKey.ofClass(Ck.CKO_SECRET_KEY).with(Ck.CKA_ID, id))) {
      session
          .session()
          .setAttributes(
              handle, new Attributes().with(Ck.CKA_ENCRYPT, on).with(Ck.CKA_DECRYPT, on));
    }
  }

  @Override
  protected void destroy(String privateKey, CallContext call) throws BackendFailure {
    destroyAll(Ck.CKA_ID, KeyId.parse(privateKey).orElseThrow(), privateKey, call);
  }

  /** Destroys both halves of the keys with this attribute. */
  void destroyAll(long attribute, byte[] value, String named, CallContext call)
      throws BackendFailure {
    token.run(
        request("C_DestroyObject", true, named),
        call,
        session -> {
          for (long kind : ALL_KINDS) {
            session.destroy(TokenKey.ofClass(kind).with(attribute, value));
          }
          return value;
        });
  }

  @Override
  protected PublicKeyInfo publicKey(String told, KeyAlgorithm algorithm) {
    return PublicKeyInfo.fromSpki(Base64.getDecoder().decode(told), algorithm);
  }

  /** By what the slot says and the operator, and what the token says of this very key. */
  @Override
  public Assurance assurance(ServiceKey version, CallContext call) {
    Optional<String> kind = token.settings().kind();
    boolean kept = half(version).filter(it -> !it.exportable()).isPresent();
    if (!kept || !token.isHardware() || kind.isEmpty()) {
      return Assurance.SOFTWARE;
    }
    return kind.get().equals("hsm") ? Assurance.HSM : Assurance.HARDWARE;
  }

  // Keys that something else made

  @Override
  public BackendFailure notAKey() {
    return refusals().notAKey(Texts.FORM_OF_KEY.with());
  }

  @Override
  public String toCheck() {
    return Texts.TOKEN_AND_PIN.with();
  }

  private List<KeyAlgorithm> choices(TokenKey key) {
    return scheme.of(key.type() == Ck.CKK_AES, key.curve(), key.bits());
  }

  /** Of a setting the engine takes the scheme for the id of this backend, and leaves it out. */
  @Override
  public Foreign foreign(String told, CallContext call) throws BackendFailure {
    String name = told.startsWith(Pkcs11Uri.SCHEME) ? told : Pkcs11Uri.SCHEME + told;
    Pkcs11Uri uri =
        Pkcs11Uri.parse(name)
            .filter(it -> it.hasOnly(Pkcs11Uri.ID, Pkcs11Uri.OBJECT, "type"))
            .filter(it -> it.query().isEmpty())
            .filter(it -> it.octets(Pkcs11Uri.ID).or(() -> it.octets(Pkcs11Uri.OBJECT)).isPresent())
            .filter(it -> it.text("type").filter(type -> !type.equals("private")).isEmpty())
            .orElseThrow(this::notAKey);
    List<TokenKey> found =
        token.run(request("C_FindObjects", false, name), call, session -> keys(session, uri));
    if (found.isEmpty()) {
      throw refusals().noForeignKey(toCheck()).naming(name);
    }
    if (found.size() > 1) {
      throw Texts.SEVERAL_KEYS.permanent(FailureCode.UNSUPPORTED, found.size());
    }
    TokenKey key = found.get(0);
    String exact =
        Pkcs11Uri.ofKey(key.label().getBytes(StandardCharsets.UTF_8), key.id().toByteArray());
    return new Foreign(
        withoutDocument("1", exact, Instant.EPOCH, half(key)),
        exact,
        exact,
        choices(key),
        Texts.OF_TYPE.with(key.type()));
  }

  /** A token has no tags. A private key of Enclave's own has a document, whose stamp counts. */
  @Override
  public Told tags(Foreign key, CallContext call) throws BackendFailure {
    TokenKey told = (TokenKey) half(key.version()).orElseThrow().detail();
    return isOf(told)
        ? Told.of(current(KeyName.of(told.label()), call).map(KeyDocument::tags).orElse(Map.of()))
        : Told.of(Map.of());
  }

  static RemoteRequest request(String function, boolean changes, String subject) {
    return new RemoteRequest(function, changes, subject);
  }
}
