package dev.enclave.campaign.demo.backend;

import dev.enclave.KeyName;
import dev.enclave.kit.RemoteRequest;
import dev.enclave.kit.RequestGate;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyLister;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes, reads and changes the keys of a house. */
record KeyhouseKeys(KeyhouseCalls calls, String house)
    implements KeyCreator, KeyLister, KeyAdopter {

  /** What is to be merged into a key's document; nothing if that was done before. */
  @FunctionalInterface
  interface Change {
    Optional<Map<String, ?>> of(KeyhouseKey key) throws BackendFailure;
  }

  /** A page of keys, and where the next one begins; empty after the last. */
  record Page(List<KeyhouseKey> keys, String next) {
    Optional<String> more() {
      return Optional.of(next).filter(it -> !it.isEmpty());
    }
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    KeyhouseCalls.REFUSALS.requireOffered(KeyhouseKey.ALGORITHMS, request.algorithm());
    String algorithm = request.algorithm().joseName().orElseThrow();
    String rotation = request.rotation().toString();
    Map<String, ?> labels =
        Map.of(KeyhouseKey.STAMP, request.stamp(), KeyhouseKey.ROTATION, rotation);
    Map<String, ?> first = Map.of(KeyhouseKey.OPERATION, request.operationId());
    Map<String, ?> body = Map.of("algorithm", algorithm, "labels", labels, "add", first);
    String uri = uri(request.name());
    HttpRequest.Builder put = calls.to("PUT", uri, body).header("If-None-Match", "*");
    Optional<KeyhouseKey> made =
        RequestGate.unless(
            FailureCode.ALREADY_EXISTS, () -> send("CreateKey", true, uri, put, call));
    KeyhouseKey key = made.isPresent() ? made.get() : read(uri, call);
    if (!request.operationId().equals(key.versions().get(0).labels().get(KeyhouseKey.OPERATION))) {
      throw KeyhouseCalls.REFUSALS.alreadyExists(request.name());
    }
    return key.snapshot(request.name());
  }

  private String uri(KeyName name) {
    return house + "/keys/" + name;
  }

  private KeyhouseKey send(
      String operation, boolean changes, String uri, HttpRequest.Builder request, CallContext call)
      throws BackendFailure {
    RemoteRequest asked = new RemoteRequest(operation, changes, uri);
    KeyhouseKey key = calls.send(asked, request, KeyhouseKey.class, call);
    if (!key.uri().equals(uri)) {
      throw changes
          ? asked.lost("the answer is about another key")
          : KeyhouseCalls.REFUSALS.wrongAnswer("with another key than it was asked for");
    }
    return key;
  }

  KeyhouseKey find(KeyName name, CallContext call) throws BackendFailure {
    return RequestGate.unless(FailureCode.NOT_FOUND, () -> read(uri(name), call))
        .filter(KeyhouseKey::madeByEnclave)
        .orElseThrow(
            () -> KeyhouseCalls.REFUSALS.noKey(name, "Enclave made none", "name and house"));
  }

  private KeyhouseKey read(String uri, CallContext call) throws BackendFailure {
    return send("GetKey", false, uri, calls.to("GET", uri, Map.of()), call);
  }

  /** Changes a key, in one request, and reads it anew as long as others are faster. */
  KeyhouseKey change(KeyName name, Change change, CallContext call) throws BackendFailure {
    while (true) {
      KeyhouseKey key = find(name, call);
      Optional<Map<String, ?>> changes = change.of(key);
      if (changes.isEmpty()) {
        return key;
      }
      String tag = '"' + key.revision() + '"';
      HttpRequest.Builder patch =
          calls.to("PATCH", key.uri(), changes.get()).header("If-Match", tag);
      Optional<KeyhouseKey> changed =
          RequestGate.unless(
              FailureCode.CONFLICT, () -> send("UpdateKey", true, key.uri(), patch, call));
      if (changed.isPresent()) {
        return changed.get();
      }
    }
  }

  @Override
  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    if (!providerUri.matches(house + "/keys/[a-z0-9-]{1,63}/versions/[0-9]{1,5}")) {
      throw KeyhouseCalls.REFUSALS.notAKey("a version such as " + house + "/keys/a/versions/1");
    }
    String uri = providerUri.substring(0, providerUri.lastIndexOf("/versions/"));
    KeySnapshot key =
        RequestGate.unless(FailureCode.NOT_FOUND, () -> read(uri, call))
            .orElseThrow(() -> KeyhouseCalls.REFUSALS.noForeignKey("the house"))
            .snapshot(name);
    return key.versions().stream()
        .filter(version -> version.providerUri().equals(providerUri))
        .findFirst()
        .map(version -> key.withVersions(List.of(version)))
        .orElseThrow(() -> KeyhouseCalls.REFUSALS.noForeignKey("its number"));
  }

  @Override
  public Names page(Optional<String> from, CallContext call) throws BackendFailure {
    Page page = keys(from, call);
    return Names.of(page.keys().stream().flatMap(key -> key.name().stream()).toList(), page.more());
  }

  /** A page of the keys that Enclave made. */
  Page keys(Optional<String> from, CallContext call) throws BackendFailure {
    String start = URLEncoder.encode(from.orElse(""), StandardCharsets.UTF_8);
    Page page = calls.get("ListKeys", house, "/keys?from=" + start, Page.class, call);
    return new Page(page.keys().stream().filter(KeyhouseKey::madeByEnclave).toList(), page.next());
  }
}
