package dev.enclave.benchmarks.cloud;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.benchmarks.rival.RemoteCloud;
import dev.enclave.benchmarks.rival.Rivals;
import dev.enclave.benchmarks.setting.SilentSink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToIntFunction;

/**
 * How long it took at a cloud with many keys, in nanoseconds, each time with an Enclave that knows
 * nothing yet.
 *
 * @param listing to list the names of all keys
 * @param reading to read all keys
 * @param one to find one key by its handle, and to sign with it
 */
public record Crowd(List<Long> listing, List<Long> reading, List<Long> one) {

  /** A creation at some of them is two seconds' wait. */
  private static final int CREATORS = 256;

  public Crowd {
    listing = List.copyOf(listing);
    reading = List.copyOf(reading);
    one = List.copyOf(one);
  }

  /** Which cloud, and how many keys. */
  public record Place(RemoteCloud cloud, int keys) {}

  /** Fills a server that is near, and measures when it is far. */
  public static Crowd measure(Place place, int times) throws Exception {
    try (RemoteService service = RemoteService.start(place.cloud())) {
      KeyHandle handle = fill(service, place);
      service.far();
      List<Long> listing = new ArrayList<>();
      List<Long> one = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        listing.add(nanosToList(service, place, Crowd::names));
        one.add(nanosToUse(service, place, handle));
      }
      // Once: it takes a minute or two.
      List<Long> reading = List.of(nanosToList(service, place, Crowd::keys));
      return new Crowd(listing, reading, one);
    }
  }

  private static KeyHandle fill(RemoteService service, Place place) throws Exception {
    ExecutorService creators = Executors.newFixedThreadPool(CREATORS);
    try (Enclave enclave = open(service, place)) {
      List<Future<?>> created = new ArrayList<>();
      for (int i = 0; i < place.keys(); i++) {
        KeySpec<SigningKey> spec =
            KeySpec.named("key-" + i).algorithm(SigningAlgorithm.ECDSA_P256_SHA256);
        created.add(creators.submit(() -> enclave.createKey(spec)));
      }
      for (Future<?> key : created) {
        key.get();
      }
      return enclave.signingKeys().key("key-" + place.keys() / 2).handle();
    } finally {
      creators.shutdown();
    }
  }

  private static int names(Enclave enclave) {
    return enclave.admin().keyNames().size();
  }

  private static int keys(Enclave enclave) {
    return enclave.admin().listKeys().keys().size();
  }

  private static long nanosToList(
      RemoteService service, Place place, ToIntFunction<Enclave> listing) {
    try (Enclave enclave = open(service, place)) {
      long begun = System.nanoTime();
      int listed = listing.applyAsInt(enclave);
      long took = System.nanoTime() - begun;
      if (listed != place.keys()) {
        throw new IllegalStateException(
            place.cloud().title() + " has " + place.keys() + " keys and listed " + listed + ".");
      }
      return took;
    }
  }

  private static long nanosToUse(RemoteService service, Place place, KeyHandle handle) {
    try (Enclave enclave = open(service, place)) {
      long begun = System.nanoTime();
      enclave.signingKeys().key(handle).sign(Message.of(Rivals.message()));
      return System.nanoTime() - begun;
    }
  }

  private static Enclave open(RemoteService service, Place place) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(place.cloud().provider())
        .with(service.address().machine())
        .with(new SilentSink())
        .config(new ConfigSource("the service", service.address().settings()))
        .open();
  }
}
