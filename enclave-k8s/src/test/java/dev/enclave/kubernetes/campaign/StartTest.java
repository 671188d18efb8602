package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.StartCampaign;
import org.junit.jupiter.api.Tag;

/** The same at a start. */
@Tag("needs-kube-apiserver")
@Tag("full")
class StartTest extends StartCampaign {

  StartTest() {
    super(new KekOnAws());
  }
}
