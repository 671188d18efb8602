package dev.enclave.gcp.campaign;

import dev.enclave.campaign.TransientFaultsCampaign;

class TransientFaultsTest extends TransientFaultsCampaign {

  TransientFaultsTest() {
    super(new GcpUnderTest());
  }
}
