package dev.enclave.core.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;

/** A pod: the API server's variable and the service account's files. A token may be absent. */
public final class KubernetesDetector implements EnvironmentDetector {

  private static final String VARIABLE = "KUBERNETES_SERVICE_HOST";
  private static final String ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/";

  @Override
  public String id() {
    return "kubernetes";
  }

  @Override
  public Kind kind() {
    return Kind.WORKLOAD;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    boolean variable = environment.variable(VARIABLE).isPresent();
    boolean files =
        environment.exists(ACCOUNT + "namespace") || environment.exists(ACCOUNT + "ca.crt");
    if (variable && files) {
      return Detection.present(VARIABLE + " is set", ACCOUNT + " exists");
    }
    if (variable) {
      return new Detection.Inconclusive(VARIABLE + " is set but " + ACCOUNT + " is missing");
    }
    if (files) {
      return new Detection.Inconclusive(ACCOUNT + " exists but " + VARIABLE + " is not set");
    }
    return new Detection.Absent(VARIABLE + " is not set and " + ACCOUNT + " is missing");
  }
}
