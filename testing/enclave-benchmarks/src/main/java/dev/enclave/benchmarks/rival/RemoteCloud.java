package dev.enclave.benchmarks.rival;

import dev.enclave.benchmarks.setting.BareMachine;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.spi.backend.BackendProvider;
import java.util.Map;

/**
 * A cloud's key service, by our own server of it, with the provider's own client and Enclave side
 * by side. Each has a line in {@code RemoteClouds}.
 */
public interface RemoteCloud {

  /** What it is called, also on a command line; the backend's id. */
  String id();

  /** What people call it, such as AWS KMS. */
  String title();

  /** A new provider of the backend. */
  BackendProvider provider();

  /**
   * Starts the server in this process.
   *
   * @param faults how late its answers are
   */
  Server serve(FaultInjector faults);

  /**
   * The provider's own client, with what careful users add: the answer verified against the public
   * key that was read once. It makes its own key on P-256.
   */
  Rival client(Address address) throws Exception;

  /**
   * What points a client at a server. Immutable.
   *
   * @param settings Enclave's, by full name
   * @param variables the environment variables that a client's process is made to see
   * @param files the files that it is made to see, such as a certificate; their texts by path
   */
  record Address(
      Map<String, String> settings, Map<String, String> variables, Map<String, String> files) {

    public Address {
      settings = Map.copyOf(settings);
      variables = Map.copyOf(variables);
      files = Map.copyOf(files);
    }

    /** The machine that a client is made to see. */
    public BareMachine machine() {
      return new BareMachine(variables, files);
    }

    /** A setting that the server's side is known to give. */
    public String setting(String name) {
      String value = settings.get(name);
      if (value == null) {
        throw new IllegalStateException("The service did not say its " + name + ".");
      }
      return value;
    }
  }

  /** A running server. */
  interface Server extends AutoCloseable {

    Address address();

    @Override
    void close();
  }
}
