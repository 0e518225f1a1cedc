import type { StorageClass } from '../../../api/storage/storage-class.ts'

const prefix = 'kubernetes.io/'

/** Drivers that make what upstream's own code made once: a class that names the old one means the new one. */
const successors: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
}

/** Who makes volumes of the class; undefined where nobody does, as for kubernetes.io/no-provisioner. */
export const provisionerOf = ({ provisioner }: Pick<StorageClass, 'provisioner'>): string | undefined =>
  successors[provisioner] ?? (provisioner.startsWith(prefix) ? undefined : provisioner)

/** Whether somebody else than this controller made a volume, and is to delete it. */
export const isExternal = (provisioner: string): boolean => provisionerOf({ provisioner }) !== undefined
