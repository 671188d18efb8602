package dev.enclave.kubernetes.internal.store;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.json.Json;
import dev.enclave.kubernetes.internal.calls.ApiCalls;
import dev.enclave.kubernetes.internal.calls.ApiRequest;
import dev.enclave.kubernetes.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.spi.record.StoredRecord;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A record for each Secret of a namespace. The API server settles every race: it makes a name once,
 * and takes a write only over the revision that the write names.
 */
public final class SecretStore implements RecordStore {

  public static final String TYPE = "enclave.dev/key";
  public static final String LABEL = "enclave.dev/kind";
  public static final String LABEL_VALUE = "key";

  static final String ENTRY = "record";

  /** MaxSecretSize of the API server: what all entries of a Secret may have together. */
  private static final int LONGEST = 1 << 20;

  private static final int PAGE = 250;

  private final ApiCalls calls;
  private final String namespace;
  private final int page;

  /** Over a connection, which is closed with the store. */
  public SecretStore(ApiCalls calls) {
    this(calls, PAGE);
  }

  /**
   * @param page how many names are asked for at once
   */
  SecretStore(ApiCalls calls, int page) {
    this.calls = calls;
    this.namespace = calls.server().namespace();
    this.page = page;
  }

  /** The same in a cluster that was restored from a backup: clusters have no identity of theirs. */
  @Override
  public String storeId() {
    return "kubernetes/" + namespace;
  }

  @Override
  public String place() {
    return Texts.NAMESPACE.with(namespace);
  }

  @Override
  public String nameOf(KeyName name) {
    return ApiRequest.secret(namespace, SecretNames.of(name));
  }

  @Override
  public String uriOf(KeyName name) {
    return "kubernetes:" + namespace + "/" + SecretNames.of(name);
  }

  @Override
  public int longest() {
    return LONGEST;
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public Optional<StoredRecord> find(KeyName name, CallContext call) throws BackendFailure {
    Optional<SecretObject> secret = read(name, call);
    return secret.isEmpty() ? Optional.empty() : Optional.of(record(name, secret.get()));
  }

  private Optional<SecretObject> read(KeyName name, CallContext call) throws BackendFailure {
    return RequestGate.unless(
        FailureCode.NOT_FOUND,
        () -> SecretObject.of(calls.send(ApiRequest.get(namespace, SecretNames.of(name)), call)));
  }

  @Override
  public StoredRecord create(KeyName name, Bytes content, CallContext call) throws BackendFailure {
    requireFit(name, content);
    String secret = SecretNames.of(name);
    Map<String, Object> made =
        SecretObject.json(
            namespace, secret, TYPE, Map.of(LABEL, LABEL_VALUE), Map.of(ENTRY, text(content)));
    return written(
        name, made, content, calls.send(ApiRequest.create(namespace, secret, made), call));
  }

  /** Reads once more: what others noted on the Secret is to stay, and it may bear new marks. */
  @Override
  public StoredRecord replace(StoredRecord before, Bytes content, CallContext call)
      throws BackendFailure {
    KeyName name = before.name();
    requireFit(name, content);
    SecretObject secret = read(name, call).orElseThrow(() -> gone(name));
    if (!secret.revision().equals(before.revision())) {
      throw failure(
          FailureCode.CONFLICT,
          Texts.WRITTEN_BY_OTHERS.observed(nameOf(name)),
          Texts.WRITTEN_BY_OTHERS.advice(nameOf(name)),
          name);
    }
    requireOurs(name, secret);
    requireNobodyElses(name, secret);
    Map<String, Object> sent = secret.with(Map.of(ENTRY, text(content)));
    return written(
        name, sent, content, calls.send(ApiRequest.update(namespace, secret.name(), sent), call));
  }

  /** An answer with something else than was sent: a webhook changed it, and it is written. */
  private StoredRecord written(
      KeyName name, Map<String, Object> sent, Bytes content, Map<String, Object> answer)
      throws BackendFailure {
    ApiCalls.REFUSALS.requireLabels(
        nameOf(name),
        Texts.LABELS.with(),
        SecretObject.of(sent).marks(),
        SecretObject.of(answer).marks());
    return BackendFailure.afterChange(
        Texts.WRITTEN.with(nameOf(name)),
        () -> {
          StoredRecord stored = record(name, SecretObject.of(answer));
          if (!stored.content().equals(content)) {
            throw corrupt(
                name, Texts.CHANGED_ON_ITS_WAY.observed(), Texts.CHANGED_ON_ITS_WAY.advice());
          }
          return stored;
        });
  }

  private StoredRecord record(KeyName name, SecretObject secret) throws BackendFailure {
    requireOurs(name, secret);
    if (!secret.data().keySet().equals(java.util.Set.of(ENTRY))) {
      throw corrupt(name, Texts.OTHER_ENTRIES.observed(ENTRY), Texts.OTHER_ENTRIES.advice(ENTRY));
    }
    try {
      byte[] content = Base64.getDecoder().decode(secret.data().get(ENTRY));
      return StoredRecord.of(name, secret.revision(), Bytes.of(content));
    } catch (IllegalArgumentException e) {
      throw ApiCalls.REFUSALS.wrongAnswer(Texts.NO_BASE.with(nameOf(name)));
    }
  }

  private void requireOurs(KeyName name, SecretObject secret) throws BackendFailure {
    if (!secret.name().equals(SecretNames.of(name)) || !secret.namespace().equals(namespace)) {
      throw ApiCalls.REFUSALS.wrongAnswer(Texts.ANOTHER_OBJECT.with(nameOf(name)));
    }
    if (secret.uid().isEmpty() || secret.resourceVersion().isEmpty()) {
      throw ApiCalls.REFUSALS.wrongAnswer(Texts.WITHOUT_UID.with(nameOf(name)));
    }
    if (!secret.type().equals(TYPE)) {
      throw corrupt(name, Texts.OTHER_TYPE.observed(TYPE), Texts.OTHER_TYPE.advice(TYPE));
    }
    if (!LABEL_VALUE.equals(secret.labels().get(LABEL))) {
      throw corrupt(
          name,
          Texts.LACKS_LABEL.with(LABEL, LABEL_VALUE),
          Texts.PUT_LABEL_BACK.with(namespace, secret.name(), LABEL, LABEL_VALUE));
    }
    if (secret.immutable()) {
      throw corrupt(name, Texts.IMMUTABLE.observed(), Texts.IMMUTABLE.advice());
    }
  }

  /** Such a Secret is used; but what would be written would not last. */
  private void requireNobodyElses(KeyName name, SecretObject secret) throws BackendFailure {
    Optional<String> owner = ForeignOwners.of(secret);
    if (owner.isPresent()) {
      throw failure(
          FailureCode.REFUSED,
          Texts.WRITTEN_BY_OWNER.with(nameOf(name), owner.get()),
          Texts.CHANGE_AT_OWNER.with(),
          name);
    }
  }

  private BackendFailure gone(KeyName name) {
    return failure(
        FailureCode.NOT_FOUND,
        Texts.GONE.observed(nameOf(name)),
        Texts.GONE.advice(nameOf(name)),
        name);
  }

  private BackendFailure corrupt(KeyName name, String observed, String fix) {
    return failure(
        FailureCode.CORRUPT, Texts.SECRET_LEFT.with(nameOf(name), observed), fix + ".", name);
  }

  private BackendFailure failure(FailureCode code, String observed, String advice, KeyName name) {
    return BackendFailure.permanent(code, observed, advice)
        .naming(List.of(nameOf(name), SecretNames.of(name), namespace));
  }

  private static String text(Bytes content) {
    return Base64.getEncoder().encodeToString(content.toByteArray());
  }

  /** What etcd shows is durable. */
  @Override
  public void settle(KeyName name, CallContext call) {}

  /** To know, it would have to ask. */
  @Override
  public boolean isUnchanged(StoredRecord record) {
    return false;
  }

  @Override
  public KeyLister.Names page(Optional<String> from, CallContext call) throws BackendFailure {
    Map<String, String> query = new HashMap<>();
    query.put("labelSelector", LABEL + "=" + LABEL_VALUE);
    query.put("fieldSelector", "type=" + TYPE);
    query.put("limit", Integer.toString(page));
    from.ifPresent(token -> query.put("continue", token));
    Map<String, Object> answer = calls.send(ApiRequest.list(namespace, query), call);
    if (!Json.text(answer, "kind").equals("PartialObjectMetadataList")) {
      throw ApiCalls.REFUSALS.wrongAnswer(Texts.NO_METADATA.with());
    }
    List<KeyName> names =
        Json.list(answer, "items").stream()
            .flatMap(item -> SecretNames.key(Json.text(item, "metadata", "name")).stream())
            .toList();
    return KeyLister.Names.of(
        names,
        Optional.of(Json.text(answer, "metadata", "continue")).filter(text -> !text.isEmpty()));
  }

  @Override
  public void close() {
    calls.gate().close();
  }
}
