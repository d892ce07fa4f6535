-- SPDX-License-Identifier: GPL-2.0
-- For Wireshark and tshark: what tuplewatch annotate wrote into the comments of packets, as fields for display filters and
-- columns: tuplewatch.via, .match, .outcome, .reason, .cookie, .listener, .pid, .program, .netns. A value that is none or not known
-- ("-", "?", "hidden") is there as a text; tuplewatch.pid is a number, and not there then.

local tuplewatch = Proto("tuplewatch", "Tuplewatch")

local texts = {
	via = ProtoField.string("tuplewatch.via", "Via", "How its socket was found"),
	match = ProtoField.string("tuplewatch.match", "Match", "What kind of socket it was"),
	outcome = ProtoField.string("tuplewatch.outcome", "Outcome", "What became of the segment"),
	reason = ProtoField.string("tuplewatch.reason", "Reason", "Why it was dropped"),
	cookie = ProtoField.string("tuplewatch.cookie", "Cookie", "Of the socket, as ss -e prints it"),
	listener = ProtoField.string("tuplewatch.listener", "Listener", "What the listener is bound to"),
	program = ProtoField.string("tuplewatch.program", "Program", "Name of the process"),
	netns = ProtoField.string("tuplewatch.netns", "Network namespace", "Inode number of the network namespace"),
}
local pid = ProtoField.uint32("tuplewatch.pid", "Process", base.DEC, nil, nil, "Who accepted or opened the socket")

local fields = { pid }
for _, field in pairs(texts) do
	fields[#fields + 1] = field
end
tuplewatch.fields = fields

local comment = Field.new("frame.comment")
local mark = "tuplewatch: "

-- "dropped:REASON" and "263/app" are two values each.
local function add(tree, key, value)
	local first, second

	if key == "outcome" then
		first, second = value:match("^([^:]*):(.*)$")
		tree:add(texts.outcome, first or value)
		if second then
			tree:add(texts.reason, second)
		end
	elseif key == "pid" then
		first, second = value:match("^(%d+)/?(.*)$")
		if first then
			tree:add(pid, tonumber(first))
		end
		if second and second ~= "" then
			tree:add(texts.program, second)
		end
	elseif texts[key] then
		tree:add(texts[key], value)
	end
end

local function add_comment(tree, text)
	local shown = tree:add(tuplewatch)

	shown:append_text(": " .. text)
	for key, value in text:gmatch("(%w+)=(%S+)") do
		add(shown, key, value)
	end
end

function tuplewatch.dissector(_, _, tree)
	for _, info in ipairs({ comment() }) do
		local text = tostring(info.value)

		if text:sub(1, #mark) == mark then
			add_comment(tree, text:sub(#mark + 1))
		end
	end
end

register_postdissector(tuplewatch)
