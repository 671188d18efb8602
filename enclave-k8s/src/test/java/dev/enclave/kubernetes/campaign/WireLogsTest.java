package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.WireLogsCampaign;
import java.util.Set;
import org.junit.jupiter.api.Tag;

/** Without a key-encryption key: the data keys lie in the Secrets as they are. */
@Tag("needs-kube-apiserver")
class WireLogsTest extends WireLogsCampaign {

  WireLogsTest() {
    super(new WithoutKek());
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
