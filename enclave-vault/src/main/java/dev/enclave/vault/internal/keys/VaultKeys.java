package dev.enclave.vault.internal.keys;

import dev.enclave.Assurance;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.PublicKeyInfo;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.document.DocumentedKeys;
import dev.enclave.kit.document.KeyDocument;
import dev.enclave.kit.document.KeyDocument.Entry;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.key.ForeignKeys;
import dev.enclave.kit.key.KeyService;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.kit.key.Pending;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.vault.internal.calls.VaultCalls;
import dev.enclave.vault.internal.calls.VaultRequest;
import dev.enclave.vault.internal.keys.VaultPlace.TransitVersion;
import dev.enclave.vault.internal.texts.Texts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Keys in Transit, each with a document in the key-value store (docs/adr/0090-vault.md). Transit
 * switches no version off and destroys the oldest first, so a version of Enclave's is a Transit key
 * of its own, of which the first version alone is used. Reads may be late. Thread-safe.
 */
public final class VaultKeys extends DocumentedKeys implements ForeignKeys {

  /** What Transit takes for every algorithm it has. */
  public static final List<AlgorithmSupport> SUPPORTED = VaultScheme.SUPPORTED;

  /** How well Transit protects a key of a type; empty for one that is deleted. */
  @FunctionalInterface
  public interface Protection {
    Assurance of(String type, CallContext call) throws BackendFailure;
  }

  private final VaultCalls calls;
  private final VaultPlace place;
  private final Protection protection;

  /** Of the mounts and the path that the settings name. */
  public VaultKeys(VaultCalls calls, Protection protection) {
    super(VaultCalls.REFUSALS, true);
    this.calls = calls;
    this.place = VaultPlace.of(calls.settings());
    this.protection = protection;
  }

  VaultCalls calls() {
    return calls;
  }

  VaultPlace place() {
    return place;
  }

  @Override
  public ParallelReads parallel() {
    return calls;
  }

  @Override
  public void requireOffered(KeyAlgorithm algorithm) throws BackendFailure {
    VaultScheme.support(algorithm);
  }

  @Override
  public BackendFailure noKey(KeyName name) {
    String document = document(name);
    String late = calls.standby() ? Texts.OR_AGAIN.with(calls.settings().address()) : "";
    return refusals()
        .noKey(name, Texts.NO_DOCUMENT.with(document), Texts.NAME_AND_MOUNTS.with(late))
        .naming(document);
  }

  // Documents

  @Override
  protected String document(KeyName name) {
    return place.document(name);
  }

  @Override
  protected Optional<KeyDocument> find(KeyName name, CallContext call) throws BackendFailure {
    String path = place.document(name);
    Optional<Map<String, Object>> found = calls.find(VaultRequest.read(path, path), call);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Object revision = Json.map(found.get(), "metadata").get("version");
    Map<String, Object> data = Json.map(found.get(), "data");
    if (data.isEmpty()) {
      throw Texts.DOCUMENT_DELETED.permanent(FailureCode.CORRUPT, path, name).naming(path);
    }
    if (!(revision instanceof Long number)) {
      throw refusals().wrongAnswer(Texts.NO_REVISION.with(path)).naming(path);
    }
    return Optional.of(new KeyDocument(data, number));
  }

  @Override
  protected Optional<KeyDocument> replace(KeyName name, KeyDocument next, CallContext call)
      throws BackendFailure {
    String path = place.document(name);
    Map<String, Object> body =
        Map.of("data", next.data(), "options", Map.of("cas", next.revision()));
    Map<String, Object> answer = calls.send(VaultRequest.change("write", path, path, body), call);
    return BackendFailure.afterChange(
        Texts.DOCUMENT_WRITTEN.with(path),
        () -> {
          if (answer.get("version") instanceof Long number && number > next.revision()) {
            return Optional.of(new KeyDocument(next.data(), number));
          }
          throw refusals().wrongAnswer(Texts.NO_REVISION.with(path)).naming(path);
        });
  }

  // Names

  /** Lists answer with all names at once. */
  @Override
  protected Set<String> documents(CallContext call) throws BackendFailure {
    return listed(place.documents(), call);
  }

  @Override
  protected Set<String> named(CallContext call) throws BackendFailure {
    return transitKeys(call).stream()
        .flatMap(key -> place.nameOf(key).stream())
        .map(KeyName::value)
        .collect(Collectors.toSet());
  }

  private Set<String> transitKeys(CallContext call) throws BackendFailure {
    return listed(place.transit() + "/keys", call);
  }

  private Set<String> listed(String path, CallContext call) throws BackendFailure {
    return calls
        .find(VaultRequest.list(path, path), call)
        .map(data -> Json.list(data, "keys").stream().map(String::valueOf))
        .map(keys -> keys.collect(Collectors.toCollection(TreeSet::new)))
        .orElseGet(TreeSet::new);
  }

  @Override
  protected Set<String> restoring(CallContext call) throws BackendFailure {
    return listed(place.restoring(), call);
  }

  @Override
  protected void restores(KeyName name, CallContext call) throws BackendFailure {
    String note = place.restoring("data", name);
    Map<String, Object> body = Map.of("data", Map.of("key", name.value()));
    calls.send(VaultRequest.change("write", note, note, body), call);
  }

  @Override
  protected void restored(KeyName name, CallContext call) throws BackendFailure {
    String note = place.restoring("metadata", name);
    calls.send(VaultRequest.delete(note, note), call);
  }

  // Private keys

  @Override
  protected boolean isOf(KeyName name, String privateKey) {
    return place.nameOf(privateKey).equals(Optional.of(name));
  }

  @Override
  protected String uri(KeyName name, String privateKey) {
    return place.uri(privateKey, 1);
  }

  Optional<TransitKey> transit(String key, CallContext call) throws BackendFailure {
    String path = place.key(key);
    Optional<Map<String, Object>> found = calls.find(VaultRequest.read(path, path), call);
    return found.isEmpty() ? Optional.empty() : Optional.of(TransitKey.of(key, found.get()));
  }

  /** One that is there, once it is to be seen. */
  TransitKey shown(String key, CallContext call) throws BackendFailure {
    return Pending.awaited(
            transit(key, call),
            Optional::isEmpty,
            none -> transit(key, call),
            none -> refusals().notSeenYet(place.key(key)),
            call)
        .orElseThrow();
  }

  @Override
  protected Optional<PrivateHalf> look(String privateKey, CallContext call) throws BackendFailure {
    Optional<TransitKey> told = transit(privateKey, call);
    return told.isEmpty() ? Optional.empty() : Optional.of(half(told.get(), 1));
  }

  private static PrivateHalf half(TransitKey told, int number) throws BackendFailure {
    return new PrivateHalf(
        told.name(),
        told.made(number),
        told.material(number),
        told.origin(),
        told.exportable(),
        told);
  }

  /** Of one that was switched off Transit tells only when its second version was made. */
  @Override
  protected List<PrivateHalf> called(KeyName name, CallContext call) throws BackendFailure {
    List<PrivateHalf> called = new ArrayList<>();
    for (String key : transitKeys(call)) {
      Optional<TransitKey> told = isOf(name, key) ? transit(key, call) : Optional.empty();
      if (told.isPresent()) {
        called.add(
            new PrivateHalf(
                key,
                told.get().first(),
                told.get().material(1),
                told.get().origin(),
                told.get().exportable(),
                told.get()));
      }
    }
    return called;
  }

  @Override
  protected PrivateHalf make(
      KeyName name, String operationId, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    String key = place.transitKey(name, operationId);
    String path = place.key(key);
    Map<String, Object> body =
        Map.of(
            "type",
            VaultScheme.type(algorithm),
            "exportable",
            false,
            "allow_plaintext_backup",
            false,
            "derived",
            false);
    TransitKey made =
        told(key, calls.send(VaultRequest.change("create", path, path, body), call), call);
    requireAsAsked(made, algorithm);
    if (made.material(1) == Material.OFF) {
      // Somebody took an earlier attempt's for a leftover, and went no further.
      made = told(key, turned(made, true, call), call);
    }
    return half(made, 1);
  }

  /** Transit answers that it is there, whatever it is. */
  private void requireAsAsked(TransitKey made, KeyAlgorithm algorithm) throws BackendFailure {
    if (!made.type().equals(VaultScheme.type(algorithm)) || made.exportable() || made.derived()) {
      String path = place.key(made.name());
      throw Texts.OTHER_THAN_ASKED
          .permanent(FailureCode.CORRUPT, path, algorithm, made.type())
          .naming(path);
    }
  }

  /** What a change was answered; older servers answer nothing. */
  private TransitKey told(String key, Map<String, Object> answer, CallContext call)
      throws BackendFailure {
    return answer.isEmpty() ? shown(key, call) : TransitKey.of(key, answer);
  }

  /** Enters one that is imported as the next version. */
  ServiceKey enterImported(KeyName name, String unit, Making importing, CallContext call)
      throws BackendFailure {
    PrivateHalf made = young(unit, importing, call);
    ServiceKey entered =
        BackendFailure.afterChange(
            Texts.KEY_IMPORTED.with(place.key(made.name())), () -> enter(name, made, unit, call));
    // An earlier attempt's was taken for a leftover: its number does not come again.
    return entered.material() == Material.GONE
        ? enterImported(name, unit + "/again", importing, call)
        : entered;
  }

  /** One that was imported. */
  PrivateHalf imported(String key, KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
    TransitKey made = shown(key, call);
    requireAsAsked(made, algorithm);
    if (made.origin() != KeyOrigin.IMPORTED) {
      String path = place.key(key);
      throw refusals().wrongAnswer(Texts.NOT_AS_IMPORTED.with(path)).naming(path);
    }
    return half(made, 1);
  }

  /**
   * Transit refuses a version below the least number: a second one is made that nobody uses, and
   * the least number is 2.
   */
  @Override
  protected void turn(String privateKey, boolean on, CallContext call) throws BackendFailure {
    turned(shown(privateKey, call), on, call);
  }

  private Map<String, Object> turned(TransitKey key, boolean on, CallContext call)
      throws BackendFailure {
    String path = place.key(key.name());
    if (!on && key.latest() == 1) {
      calls.send(VaultRequest.change("rotate", path, path + "/rotate", Map.of()), call);
    }
    int least = on ? 1 : 2;
    Map<String, Object> body =
        Map.of("min_decryption_version", least, "min_encryption_version", least);
    Map<String, Object> answer =
        calls.send(VaultRequest.change("configure", path, path + "/config", body), call);
    Material asked = on ? Material.ON : Material.OFF;
    if (!answer.isEmpty() && TransitKey.of(key.name(), answer).material(1) != asked) {
      throw Texts.NOT_TURNED.ambiguous(FailureCode.INVALID_STATE, path).naming(path);
    }
    return answer;
  }

  @Override
  protected void destroy(String privateKey, CallContext call) throws BackendFailure {
    String path = place.key(privateKey);
    Map<String, Object> allowed = Map.of("deletion_allowed", true);
    VaultRequest allow = VaultRequest.change("configure", path, path + "/config", allowed);
    if (RequestGate.unless(FailureCode.NOT_FOUND, () -> calls.send(allow, call)).isPresent()) {
      VaultRequest delete = VaultRequest.delete(path, path);
      RequestGate.unless(FailureCode.NOT_FOUND, () -> calls.send(delete, call));
    }
  }

  @Override
  protected PublicKeyInfo publicKey(String told, KeyAlgorithm algorithm) {
    return VaultScheme.publicKey(told, algorithm);
  }

  /** SOFTWARE of one that may leave in the clear: no policy of PRODUCTION or STAGING uses it. */
  @Override
  public Assurance assurance(ServiceKey version, CallContext call) throws BackendFailure {
    Optional<PrivateHalf> half = half(version);
    return half.filter(PrivateHalf::exportable).isPresent()
        ? Assurance.SOFTWARE
        : protection.of(half.map(it -> ((TransitKey) it.detail()).type()).orElse(""), call);
  }

  // Keys that something else made

  @Override
  public BackendFailure notAKey() {
    return refusals().notAKey(Texts.FORM_OF_KEY.with(place.transit()));
  }

  @Override
  public String toCheck() {
    return Texts.MOUNT_AND_RIGHTS.with();
  }

  @Override
  public Foreign foreign(String name, CallContext call) throws BackendFailure {
    Optional<TransitVersion> exact = place.version(name);
    String key =
        exact
            .or(() -> place.version(name + "/1"))
            .map(TransitVersion::key)
            .orElseThrow(this::notAKey);
    TransitKey told =
        transit(key, call).orElseThrow(() -> refusals().noForeignKey(toCheck()).naming(name));
    int least = Math.max(1, Math.max(told.least(), told.kept()));
    if (exact.isEmpty() && least < told.latest()) {
      throw Texts.WHICH_NOT_SAID.permanent(FailureCode.UNSUPPORTED, name, least, told.latest());
    }
    int number = exact.map(TransitVersion::number).orElse(told.latest());
    String uri = place.uri(key, number);
    ServiceKey version =
        withoutDocument(Integer.toString(number), uri, Instant.EPOCH, half(told, number));
    List<KeyAlgorithm> choices = told.derived() ? List.of() : VaultScheme.of(told.type());
    return new Foreign(version, uri, uri, choices, told.type());
  }

  /** Transit has no tags. A private key of Enclave's own has a document, whose stamp counts. */
  @Override
  public Told tags(Foreign key, CallContext call) throws BackendFailure {
    Optional<KeyName> ours = place.version(key.uri()).flatMap(it -> place.nameOf(it.key()));
    if (ours.isEmpty()) {
      return Told.of(Map.of());
    }
    String path = place.document(ours.get());
    return RequestGate.unless(FailureCode.ACCESS_DENIED, () -> current(ours.get(), call))
        .map(document -> Told.of(document.map(KeyDocument::tags).orElse(Map.of())))
        .orElseGet(() -> Told.refused(Texts.DENIED.observed(path), Texts.DENIED.advice(path)));
  }

  // Use

  /** Who signs or wraps right after a version was made may ask a node that has not seen it. */
  BackendFailure unlessNew(KeyVersionRef ref, BackendFailure failure, CallContext call)
      throws BackendFailure {
    TransitVersion version = place.version(ref.providerUri()).orElseThrow();
    String key = version.key();
    Optional<KeyName> ours = place.nameOf(key);
    // Of ours there is version 1 alone.
    if (failure.code() != FailureCode.NOT_FOUND || ours.isEmpty() || version.number() != 1) {
      return failure;
    }
    Optional<Entry> entry = current(ours.get(), call).flatMap(it -> it.version(key));
    boolean young =
        entry.isPresent()
            && !entry.get().destroyed()
            && !KeyService.isOld(entry.get().made().at(), call);
    return young ? refusals().unlessNew(failure) : failure;
  }
}
