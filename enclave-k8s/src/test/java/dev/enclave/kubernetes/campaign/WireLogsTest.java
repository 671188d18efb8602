package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.WireLogsCampaign;
import dev.enclave.campaign.cloud.Deployment;
import java.util.Set;
import org.junit.jupiter.api.Tag;

/** Without a key-encryption key: the data keys lie in the Secrets as they are. */
@Tag("needs-kube-apiserver")
@Tag("full")
class WireLogsTest extends WireLogsCampaign {

  WireLogsTest() {
    super(new WithoutKek());
  }

  /**
   * Or PRODUCTION would refuse the backend for what it gives, before that is opened; and LOCAL
   * alone takes keys that nothing seals.
   */
  @Override
  protected Deployment in(String environment, Deployment deployment) {
    return environment.equals("production")
        ? super.in(environment, deployment)
            .without(RunningPod.ACKNOWLEDGE)
            .with("enclave.minimum-assurance", "hsm-wrapped")
        : super.in("local", deployment);
  }

  @Override
  protected boolean isSecret(String path, String text) {
    return path.endsWith("/token");
  }

  @Override
  protected Set<String> revealing() {
    return Set.of();
  }

  @Override
  protected Set<String> revealingWithoutSlf4j() {
    return Set.of();
  }
}
