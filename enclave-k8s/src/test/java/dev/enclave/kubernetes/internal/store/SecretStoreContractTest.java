package dev.enclave.kubernetes.internal.store;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.record.RecordStore;
import dev.enclave.testkit.record.RecordStoreContract;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;

/** Secrets are a store of records. */
@ExtendWith(SharedApiServer.class)
class SecretStoreContractTest implements RecordStoreContract {

  private final ApiServer server;
  private final Pod pod;

  SecretStoreContractTest(ApiServer server) {
    this.server = server;
    this.pod = Pod.in(server);
  }

  @Override
  public RecordStore open() throws BackendFailure {
    return new SecretStore(Stores.calls(pod, EnvironmentType.PRODUCTION, Map.of()), 3);
  }

  @Override
  public void remove(KeyName name) {
    server
        .admin()
        .delete("/api/v1/namespaces/" + pod.namespace() + "/secrets/" + SecretNames.of(name));
  }

  @Override
  public CallContext call() {
    return Pod.call();
  }

  @Override
  public int perPage() {
    return 3;
  }
}
