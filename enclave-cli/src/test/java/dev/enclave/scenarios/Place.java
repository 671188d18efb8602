package dev.enclave.scenarios;

import dev.enclave.BackendId;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.Journal;
import dev.enclave.testkit.FakeEnvironment;
import java.util.Arrays;
import java.util.List;

/** One of the clouds among {@link Places}. */
enum Place {
  AWS(BackendId.AWS_KMS) {
    @Override
    FakeEnvironment environment(Places places) {
      return places.onAws(
          FakeEnvironment.empty()
              .withVariable("AWS_LAMBDA_FUNCTION_NAME", "wallet")
              .withVariable("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
              .withVariable("AWS_EXECUTION_ENV", "AWS_Lambda_java17"));
    }

    @Override
    FakeEnvironment withForeignCredentials(Places places) {
      return environment(places)
          .withVariable("ENCLAVE_AWS_KMS_SECRET_ACCESS_KEY", "somebody-elses");
    }

    @Override
    Journal journal(Places places) {
      return places.aws.journal();
    }

    @Override
    FaultInjector faults(Places places) {
      return places.awsFaults;
    }
  },
  AZURE(BackendId.AZURE_KEYVAULT) {
    @Override
    FakeEnvironment environment(Places places) {
      return places.onAzure(
          FakeEnvironment.empty().withVariable("KUBERNETES_SERVICE_HOST", "10.0.0.1"));
    }

    @Override
    FakeEnvironment withForeignCredentials(Places places) {
      return environment(places).withFile(Places.TOKEN_FILE, "somebody.else.s");
    }

    @Override
    Journal journal(Places places) {
      return places.azure.journal();
    }

    @Override
    FaultInjector faults(Places places) {
      return places.azureFaults;
    }
  },
  GOOGLE(BackendId.GCP_KMS) {
    @Override
    FakeEnvironment environment(Places places) {
      return places.onGoogle(
          FakeEnvironment.empty()
              .withVariable("K_SERVICE", "wallet")
              .withVariable("K_REVISION", "wallet-00001-abc"));
    }

    @Override
    FakeEnvironment withForeignCredentials(Places places) {
      return environment(places).withVariable("ENCLAVE_GCP_KMS_ACCESS_TOKEN", "ya29.other");
    }

    @Override
    Journal journal(Places places) {
      return places.gcp.journal();
    }

    @Override
    FaultInjector faults(Places places) {
      return places.gcpFaults;
    }
  };

  private final String backend;

  Place(BackendId backend) {
    this.backend = backend.value();
  }

  BackendId backend() {
    return BackendId.of(backend);
  }

  /** With the markers of a platform there, and credentials that count there. */
  abstract FakeEnvironment environment(Places places);

  /** The same with others. */
  abstract FakeEnvironment withForeignCredentials(Places places);

  abstract Journal journal(Places places);

  abstract FaultInjector faults(Places places);

  List<Place> others() {
    return Arrays.stream(values()).filter(place -> place != this).toList();
  }
}
