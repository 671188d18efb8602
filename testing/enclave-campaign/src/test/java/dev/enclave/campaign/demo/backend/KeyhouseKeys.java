package dev.enclave.campaign.demo.backend;

import dev.enclave.Assurance;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.PublicKeyInfo;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.RequestGate;
import dev.enclave.kit.key.Decision;
import dev.enclave.kit.key.ForeignKeys;
import dev.enclave.kit.key.KeyMetadata;
import dev.enclave.kit.key.LedgerKey;
import dev.enclave.kit.key.RecordService;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister.Names;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys of a house. A key is changed only if it still is as it was read: by that one wins. */
record KeyhouseKeys(KeyhouseCalls calls, String house) implements RecordService, ForeignKeys {

  private record Page(List<KeyhouseKey> keys, String next) {}

  @Override
  public Refusals refusals() {
    return KeyhouseCalls.REFUSALS;
  }

  @Override
  public void requireOffered(KeyAlgorithm algorithm) throws BackendFailure {
    refusals().requireOffered(KeyhouseKey.ALGORITHMS, algorithm);
  }

  private String uri(KeyName name) {
    return house + "/keys/" + name;
  }

  @Override
  public Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure {
    String uri = uri(name);
    Optional<KeyhouseKey> key =
        RequestGate.unless(FailureCode.NOT_FOUND, () -> document(uri, call));
    return key.isEmpty()
        ? Optional.empty()
        : Optional.of(key.get().of(name).orElseThrow(() -> noKey(name)));
  }

  private KeyhouseKey document(String uri, CallContext call) throws BackendFailure {
    return send("GetKey", false, uri, calls.to("GET", uri, Map.of()), call);
  }

  private KeyhouseKey send(
      String operation, boolean changes, String uri, HttpRequest.Builder request, CallContext call)
      throws BackendFailure {
    RemoteRequest asked = new RemoteRequest(operation, changes, uri);
    KeyhouseKey key = calls.send(asked, request, KeyhouseKey.class, call);
    if (!key.uri().equals(uri)) {
      throw changes
          ? asked.lost("the answer is about another key")
          : refusals().wrongAnswer("with another key than it was asked for");
    }
    return key;
  }

  // region decisions
  @Override
  public Optional<LedgerKey> create(KeyMetadata wanted, CallContext call) throws BackendFailure {
    String uri = uri(wanted.name());
    String algorithm = wanted.algorithm().joseName().orElseThrow();
    Map<String, String> labels = wanted.toTags(tagPrefix(), EnvironmentType::name);
    Map<String, ?> body = Map.of("algorithm", algorithm, "labels", labels, "add", Map.of());
    HttpRequest.Builder put = calls.to("PUT", uri, body).header("If-None-Match", "*");
    return RequestGate.unless(
            FailureCode.ALREADY_EXISTS, () -> send("CreateKey", true, uri, put, call))
        .flatMap(key -> key.of(wanted.name()));
  }

  @Override
  public ServiceKey addVersion(LedgerKey key, String operationId, CallContext call)
      throws BackendFailure {
    Map<String, ?> label = Map.of(tagPrefix() + KeyMetadata.OPERATION, operationId);
    List<KeyhouseKey.Version> versions = change(key, Map.of("add", label), call).versions();
    return versions.get(versions.size() - 1).key();
  }

  @Override
  public Optional<LedgerKey> record(LedgerKey key, Decision next, CallContext call)
      throws BackendFailure {
    Map<String, ?> changes = Map.of("labels", next.toTags(KeyhouseKey.DECISION));
    return RequestGate.unless(
        FailureCode.CONFLICT, () -> key.after(next, change(key, changes, call).revision()));
  }

  private KeyhouseKey change(LedgerKey key, Map<String, ?> changes, CallContext call)
      throws BackendFailure {
    String uri = key.metadata().uri();
    String tag = '"' + key.revision() + '"';
    HttpRequest.Builder patch = calls.to("PATCH", uri, changes).header("If-Match", tag);
    return send("UpdateKey", true, uri, patch, call);
  }

  // endregion

  @Override
  public ServiceKey turn(ServiceKey key, boolean on, CallContext call) throws BackendFailure {
    return set(key, on ? KeyhouseKey.State.ENABLED : KeyhouseKey.State.DISABLED, call);
  }

  @Override
  public ServiceKey remove(ServiceKey version, CallContext call) throws BackendFailure {
    return set(version, KeyhouseKey.State.DESTROYED, call);
  }

  private ServiceKey set(ServiceKey key, KeyhouseKey.State state, CallContext call)
      throws BackendFailure {
    String uri = key.uri().substring(0, key.uri().lastIndexOf("/versions/"));
    HttpRequest.Builder patch = calls.to("PATCH", key.uri(), Map.of("state", state));
    return send("UpdateVersion", true, uri, patch, call).version(key.uri());
  }

  @Override
  public Optional<PublicKeyInfo> publicKey(ServiceKey key, KeyAlgorithm scheme, CallContext call)
      throws BackendFailure {
    return Optional.of(((KeyhouseKey.Version) key.detail()).publicKey(scheme));
  }

  @Override
  public Assurance assurance(ServiceKey key, CallContext call) {
    return ((KeyhouseKey.Version) key.detail()).protection();
  }

  @Override
  public NamePage names(Optional<String> from, boolean read, CallContext call)
      throws BackendFailure {
    String start = URLEncoder.encode(from.orElse(""), StandardCharsets.UTF_8);
    Page page = calls.get("ListKeys", house, "/keys?from=" + start, Page.class, call);
    List<KeyName> names = page.keys().stream().flatMap(key -> key.name().stream()).toList();
    Optional<String> next = Optional.of(page.next()).filter(it -> !it.isEmpty());
    return new NamePage(Names.of(names, next), Set.of());
  }

  // Versions that something else made

  @Override
  public BackendFailure notAKey() {
    return refusals().notAKey("a version such as " + house + "/keys/a/versions/1");
  }

  @Override
  public String toCheck() {
    return "the house";
  }

  @Override
  public Foreign foreign(String uri, CallContext call) throws BackendFailure {
    if (!uri.matches(house + "/keys/[a-z0-9-]{1,63}/versions/[0-9]{1,5}")) {
      throw notAKey();
    }
    KeyhouseKey key = document(uri.substring(0, uri.lastIndexOf("/versions/")), call);
    ServiceKey version = key.version(uri).with(key.labels());
    return new Foreign(version, uri, uri, List.of(key.scheme()), key.algorithm());
  }
}
