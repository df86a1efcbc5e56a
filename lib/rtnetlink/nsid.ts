import { type AttributeSet, attributesToJson, type RawAttributes } from "./codec/attribute_set.ts";
import { s32, u32, u8 } from "./codec/scalar.ts";
import { withWords } from "./codec/shape.ts";
import { pad, type Struct, struct } from "./codec/struct.ts";
import { AddressFamily, Group, MessageType } from "./constants.ts";
import type { ObjectKind } from "./object_kind.ts";

/** The fixed part of a namespace id's messages, `struct rtgenmsg` in linux/rtnetlink.h. */
export interface NsidHeader {
  /** Always 0. */
  family: number;
}

/** The attributes of a namespace id, `NETNSA_*` in linux/net_namespace.h. */
export interface NsidAttributes {
  /** The id by which this namespace knows another one, -1 when it has none. */
  nsid?: number;
  /** In a request: a process of the namespace that is meant. */
  pid?: number;
  /** In a request: a descriptor of the namespace that is meant. */
  fd?: number;
  /** In a request: in which namespace's terms `nsid` is meant. */
  targetNsid?: number;
  /** The id in the terms of the namespace that asked, when a request named another one. */
  currentNsid?: number;
}

/** An id by which a namespace knows another one. */
export type Nsid = NsidHeader & NsidAttributes & RawAttributes;

const nsidHeader: Struct<NsidHeader> = struct<NsidHeader>({
  family: withWords(u8, AddressFamily),
  _1: pad(3),
});

/** `ip -j` leaves out an id that is not assigned. */
const assigned = (nsid: number): number | undefined => nsid < 0 ? undefined : nsid;

/** The attributes of a namespace id. */
export const nsidAttributes: AttributeSet<NsidAttributes> = {
  nsid: [1, "NETNSA_NSID", s32, "nsid", assigned],
  pid: [2, "NETNSA_PID", u32],
  fd: [3, "NETNSA_FD", u32],
  targetNsid: [4, "NETNSA_TARGET_NSID", s32],
  currentNsid: [5, "NETNSA_CURRENT_NSID", s32, "current-nsid", assigned],
};

/** Namespace ids. */
export const nsidKind: ObjectKind<Nsid> = {
  name: "nsid",
  newType: MessageType.NewNsid,
  deleteType: MessageType.DelNsid,
  getType: MessageType.GetNsid,
  groups: [Group.Nsid],
  header: nsidHeader,
  attributes: nsidAttributes,
  key: (object) => `${object.nsid}`,
  toIpJson: (object) => attributesToJson(nsidAttributes, object),
};
