package dev.enclave.gcp.campaign;

import dev.enclave.campaign.NoKeyInClientCampaign;

class NoKeyInClientTest extends NoKeyInClientCampaign {

  NoKeyInClientTest() {
    super(new GcpUnderTest());
  }
}
