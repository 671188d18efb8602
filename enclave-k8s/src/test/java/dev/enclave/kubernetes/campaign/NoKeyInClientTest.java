package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.NoKeyInClientCampaign;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.Deployment;
import java.security.KeyPair;
import org.junit.jupiter.api.Tag;

/**
 * The client has the key, in locked memory: none of it is in the heap. Nor is it in the relay's.
 */
@Tag("needs-kube-apiserver")
@Tag("full")
class NoKeyInClientTest extends NoKeyInClientCampaign {

  private static final KekOnAws CLOUD = new KekOnAws();

  NoKeyInClientTest() {
    super(CLOUD);
  }

  @Override
  protected boolean serverHasTheKey() {
    return false;
  }

  @Override
  protected Deployment imported(Deployment deployment, KeyPair known) throws Exception {
    try (CloudAccount account = CLOUD.account(deployment)) {
      account.importP256(known);
    }
    return deployment;
  }
}
