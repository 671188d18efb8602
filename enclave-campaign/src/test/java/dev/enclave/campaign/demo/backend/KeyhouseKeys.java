package dev.enclave.campaign.demo.backend;

import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.cloud.RemoteRequest;
import dev.enclave.cloud.RequestGate;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes, reads and changes the keys of a house. */
record KeyhouseKeys(KeyhouseCalls calls, String house)
    implements KeyCreator, KeyLister, KeyAdopter {

  /** What is to be merged into a key's document; nothing if that was done before. */
  @FunctionalInterface
  interface Change {
    Optional<Map<String, ?>> of(KeyhouseKey key) throws BackendFailure;
  }

  /** A page of keys, and where the next one begins. */
  record Page(List<KeyhouseKey> keys, @Nullable String next) {}

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    String algorithm =
        KeyhouseKey.support(request.algorithm()).algorithm().joseName().orElseThrow();
    String rotation = request.rotation().toString();
    Map<String, ?> labels =
        Map.of(KeyhouseKey.STAMP, request.stamp(), KeyhouseKey.ROTATION, rotation);
    Map<String, ?> first = Map.of("labels", Map.of(KeyhouseKey.OPERATION, request.operationId()));
    Map<String, ?> body =
        Map.of("algorithm", algorithm, "labels", labels, "versions", Map.of("1", first));
    String uri = uri(request.name());
    HttpRequest.Builder put = calls.to("PUT", uri, body).header("If-None-Match", "*");
    Optional<KeyhouseKey> made =
        RequestGate.unless(FailureCode.ALREADY_EXISTS, () -> change("CreateKey", uri, put, call));
    KeyhouseKey key = made.isPresent() ? made.get() : read(uri, call);
    if (!key.versions().get(0).madeBy(request.operationId())) {
      throw KeyhouseCalls.REFUSALS.alreadyExists(request.name());
    }
    return key.snapshot(request.name());
  }

  private String uri(KeyName name) {
    return house + "/keys/" + name;
  }

  private KeyhouseKey change(
      String operation, String uri, HttpRequest.Builder request, CallContext call)
      throws BackendFailure {
    RemoteRequest asked = new RemoteRequest(operation, true, uri);
    KeyhouseKey key = calls.send(asked, request, KeyhouseKey.class, call);
    return BackendFailure.afterChange(uri + " was changed.", () -> requireRight(key, uri));
  }

  private static KeyhouseKey requireRight(KeyhouseKey key, String uri) throws BackendFailure {
    if (!key.uri().equals(uri) || key.versions().isEmpty()) {
      throw KeyhouseCalls.REFUSALS.wrongAnswer("with another key than it was asked for");
    }
    return key;
  }

  KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return find(name, call).snapshot(name);
  }

  private KeyhouseKey find(KeyName name, CallContext call) throws BackendFailure {
    return RequestGate.unless(FailureCode.NOT_FOUND, () -> read(uri(name), call))
        .filter(KeyhouseKey::madeByEnclave)
        .orElseThrow(
            () -> KeyhouseCalls.REFUSALS.noKey(name, "Enclave made none", "name and house"));
  }

  private KeyhouseKey read(String uri, CallContext call) throws BackendFailure {
    return requireRight(calls.get("GetKey", uri, "", KeyhouseKey.class, call), uri);
  }

  /** Changes a key, in one request, and reads it anew as long as others are faster. */
  KeyhouseKey change(KeyName name, Change change, CallContext call) throws BackendFailure {
    while (true) {
      KeyhouseKey key = find(name, call);
      Optional<Map<String, ?>> changes = change.of(key);
      if (changes.isEmpty()) {
        return key;
      }
      HttpRequest.Builder patch =
          calls
              .to("PATCH", key.uri(), changes.get())
              .header("If-Match", "\"" + key.revision() + "\"");
      Optional<KeyhouseKey> changed =
          RequestGate.unless(
              FailureCode.CONFLICT, () -> change("UpdateKey", key.uri(), patch, call));
      if (changed.isPresent()) {
        return changed.get();
      }
    }
  }

  @Override
  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    Matcher uri =
        Pattern.compile("(" + house + "/keys/[a-z0-9-]{1,63})/versions/([0-9]{1,5})")
            .matcher(providerUri);
    if (!uri.matches()) {
      throw KeyhouseCalls.REFUSALS.notAKey("a version such as " + house + "/keys/a/versions/1");
    }
    KeySnapshot key =
        RequestGate.unless(FailureCode.NOT_FOUND, () -> read(uri.group(1), call))
            .orElseThrow(() -> KeyhouseCalls.REFUSALS.noForeignKey("the house"))
            .snapshot(name);
    KeyVersion version =
        key.version(KeyVersionId.of(uri.group(2)))
            .orElseThrow(() -> KeyhouseCalls.REFUSALS.noForeignKey("its number"));
    return key.withVersions(List.of(version));
  }

  @Override
  public Names page(Optional<String> from, CallContext call) throws BackendFailure {
    Page page = keys(from, call);
    return Names.of(
        page.keys().stream().map(KeyhouseKey::name).toList(), Optional.ofNullable(page.next()));
  }

  /** A page of the keys that Enclave made. */
  Page keys(Optional<String> from, CallContext call) throws BackendFailure {
    String start = URLEncoder.encode(from.orElse(""), StandardCharsets.UTF_8);
    Page page = calls.get("ListKeys", house, "/keys?from=" + start, Page.class, call);
    return new Page(page.keys().stream().filter(KeyhouseKey::madeByEnclave).toList(), page.next());
  }
}
